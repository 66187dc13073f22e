package io.dlock.history;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Entries as lines of text: the name of the record and its components, between tabs.
 */
public final class EntryLines {

	private static final Map<String, Form> FORMS = Arrays.stream(Entry.class.getPermittedSubclasses())
		.map(Form::new)
		.collect(Collectors.toMap((form) -> form.type.getSimpleName(), Function.identity()));

	private EntryLines() {
	}

	public static String write(Entry entry) {
		Form form = FORMS.get(entry.getClass().getSimpleName());
		StringBuilder line = new StringBuilder(form.type.getSimpleName());
		for (RecordComponent component : form.components) {
			String text = String.valueOf(form.read(component, entry));
			line.append('\t').append(text.replaceAll("[\t\r\n]", " "));
		}
		return line.append('\n').toString();
	}

	public static Entry parse(String line) {
		String[] parts = line.split("\t", -1);
		Form form = FORMS.get(parts[0]);
		if (form == null || parts.length != form.components.length + 1) {
			throw new IllegalArgumentException("Not an entry: " + line);
		}
		return form.make(parts);
	}

	private static final class Form {

		private final Class<?> type;

		private final RecordComponent[] components;

		private final Constructor<?> constructor;

		Form(Class<?> type) {
			this.type = type;
			this.components = type.getRecordComponents();
			try {
				this.constructor = type.getDeclaredConstructor(
						Arrays.stream(this.components).map(RecordComponent::getType).toArray(Class<?>[]::new));
			}
			catch (NoSuchMethodException ex) {
				throw new IllegalStateException("Every record has such a constructor", ex);
			}
		}

		private Object read(RecordComponent component, Entry entry) {
			try {
				return component.getAccessor().invoke(entry);
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private Entry make(String[] parts) {
			Object[] values = new Object[this.components.length];
			for (int i = 0; i < values.length; i++) {
				values[i] = value(this.components[i].getType(), parts[i + 1]);
			}
			try {
				return (Entry) this.constructor.newInstance(values);
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private static Object value(Class<?> type, String text) {
			if (type == long.class) {
				return Long.valueOf(text);
			}
			if (type == int.class) {
				return Integer.valueOf(text);
			}
			if (type == boolean.class) {
				return Boolean.valueOf(text);
			}
			return type.isEnum() ? constant(type, text) : text;
		}

		private static Object constant(Class<?> type, String name) {
			return Arrays.stream(type.getEnumConstants())
				.filter((constant) -> constant.toString().equals(name))
				.findFirst()
				.orElseThrow();
		}

	}

}
