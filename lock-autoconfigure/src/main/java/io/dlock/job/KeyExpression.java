package io.dlock.job;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.Expression;
import org.springframework.expression.ExpressionParser;
import org.springframework.expression.ParserContext;
import org.springframework.expression.TypeConverter;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.common.LiteralExpression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * A key that is computed from the arguments of the call, and from beans: literal text and
 * expressions in <code>#{…}</code>, one after the other.
 */
final class KeyExpression implements JobKey {

	private static final ExpressionParser PARSER = new SpelExpressionParser();

	private static final TypeDescriptor TEXT = TypeDescriptor.valueOf(String.class);

	private static final ParameterNameDiscoverer PARAMETER_NAMES = new DefaultParameterNameDiscoverer();

	private final Method method;

	private final List<Expression> parts;

	private final BeanResolver beans;

	private KeyExpression(Method method, List<Expression> parts, BeanResolver beans) {
		this.method = method;
		this.parts = parts;
		this.beans = beans;
	}

	/**
	 * Reads a key.
	 * @param text literal text with expressions
	 * @param method the method whose arguments the expressions are about
	 * @param beans the beans that the expressions may name
	 * @return the key
	 */
	static JobKey parse(String text, Method method, BeanFactory beans) {
		Expression expression = PARSER.parseExpression(text, ParserContext.TEMPLATE_EXPRESSION);
		if (expression instanceof LiteralExpression) {
			return (arguments) -> text;
		}
		List<Expression> parts = (expression instanceof CompositeStringExpression composite)
				? List.of(composite.getExpressions()) : List.of(expression);
		Set<String> known = variables(method);
		parts.stream()
			.filter(SpelExpression.class::isInstance)
			.map((part) -> ((SpelExpression) part).getAST())
			.forEach((part) -> {
				checkNames(part, known, beans);
				checkBegin(part);
			});
		return new KeyExpression(method, parts, new BeanFactoryResolver(beans));
	}

	private static Set<String> variables(Method method) {
		Set<String> names = new HashSet<>(Set.of("#this"));
		String[] parameters = PARAMETER_NAMES.getParameterNames(method);
		for (int i = 0; i < method.getParameterCount(); i++) {
			names.add("#a" + i);
			names.add("#p" + i);
			if (parameters != null) {
				names.add("#" + parameters[i]);
			}
		}
		return names;
	}

	private static void checkNames(SpelNode node, Set<String> known, BeanFactory beans) {
		if (node instanceof VariableReference && !known.contains(node.toStringAST())) {
			throw new IllegalStateException(
					"there is no argument for %s in its key: name one of its parameters (compiled "
						.formatted(node.toStringAST()) + "with -parameters), or #a0 for the first");
		}
		if (node instanceof BeanReference bean && !beans.containsBean(bean.getName())) {
			throw new IllegalStateException(
					"there is no bean for %s in its key: name one that the application context has"
						.formatted(node.toStringAST()));
		}
		children(node).forEach((child) -> checkNames(child, known, beans));
	}

	/**
	 * An expression has no object of its own, of which something could be named without
	 * saying whose it is.
	 */
	private static void checkBegin(SpelNode node) {
		if (node instanceof PropertyOrFieldReference || node instanceof MethodReference) {
			throw new IllegalStateException(
					"there is nothing called %s in its key: write #name for a parameter, or @name for a bean"
						.formatted(node.toStringAST()));
		}
		if (node instanceof CompoundExpression) {
			checkBegin(node.getChild(0));
			children(node).skip(1)
				.filter(MethodReference.class::isInstance)
				.flatMap(KeyExpression::children)
				.forEach(KeyExpression::checkBegin);
		}
		// The keys of a map look like properties.
		else if (!(node instanceof InlineMap)) {
			children(node).forEach(KeyExpression::checkBegin);
		}
	}

	private static Stream<SpelNode> children(SpelNode parent) {
		return IntStream.range(0, parent.getChildCount()).mapToObj(parent::getChild);
	}

	@Override
	public String of(@Nullable Object[] arguments) {
		MethodBasedEvaluationContext context = new MethodBasedEvaluationContext(null, this.method, arguments,
				PARAMETER_NAMES);
		context.setBeanResolver(this.beans);
		StringBuilder key = new StringBuilder();
		for (Expression part : this.parts) {
			Object value = part.getValue(context);
			if (value == null) {
				throw new IllegalArgumentException("The key of @SingletonJob method %s has no value for #{%s}"
					.formatted(JobMethod.nameOf(this.method), part.getExpressionString()));
			}
			key.append(textOf(value, part, context.getTypeConverter()));
		}
		return key.toString();
	}

	/**
	 * What Spring cannot convert is refused, unless its own text is known to be the same
	 * on every instance.
	 */
	private String textOf(Object value, Expression part, TypeConverter converter) {
		if (converter.canConvert(TypeDescriptor.forObject(value), TEXT)) {
			return String.valueOf(converter.convertValue(value, TypeDescriptor.forObject(value), TEXT));
		}
		if (value instanceof TemporalAccessor || value instanceof TemporalAmount || value instanceof Path) {
			return value.toString();
		}
		throw new IllegalArgumentException("""
				The key of @SingletonJob method %s has a %s for #{%s}, which has no text that is the same on every \
				instance: name a property of it""".formatted(JobMethod.nameOf(this.method), value.getClass().getName(),
				part.getExpressionString()));
	}

}
