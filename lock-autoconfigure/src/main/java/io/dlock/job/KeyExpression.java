package io.dlock.job;

import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ExpressionParser;
import org.springframework.expression.ParserContext;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.common.LiteralExpression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * A key that is computed from the arguments of the call: literal text and expressions in
 * <code>#{…}</code>, one after the other.
 */
final class KeyExpression implements JobKey {

	private static final ExpressionParser PARSER = new SpelExpressionParser();

	private static final ParameterNameDiscoverer PARAMETER_NAMES = new DefaultParameterNameDiscoverer();

	private final Method method;

	private final List<Expression> parts;

	private KeyExpression(Method method, List<Expression> parts) {
		this.method = method;
		this.parts = parts;
	}

	/**
	 * Reads a key.
	 * @param text literal text with expressions
	 * @param method the method whose arguments the expressions are about
	 * @return the key
	 */
	static JobKey parse(String text, Method method) {
		Expression expression = PARSER.parseExpression(text, ParserContext.TEMPLATE_EXPRESSION);
		if (expression instanceof LiteralExpression) {
			return (arguments) -> text;
		}
		List<Expression> parts = (expression instanceof CompositeStringExpression composite)
				? List.of(composite.getExpressions()) : List.of(expression);
		Set<String> known = variables(method);
		parts.stream()
			.filter(SpelExpression.class::isInstance)
			.forEach((part) -> checkVariables(((SpelExpression) part).getAST(), known));
		return new KeyExpression(method, parts);
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

	private static void checkVariables(SpelNode node, Set<String> known) {
		if (node instanceof VariableReference && !known.contains(node.toStringAST())) {
			throw new IllegalStateException(
					"there is no argument for %s in its key: name one of its parameters (compiled "
						.formatted(node.toStringAST()) + "with -parameters), or #a0 for the first");
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			checkVariables(node.getChild(i), known);
		}
	}

	@Override
	public String of(@Nullable Object[] arguments) {
		EvaluationContext context = new MethodBasedEvaluationContext(null, this.method, arguments, PARAMETER_NAMES);
		StringBuilder key = new StringBuilder();
		for (Expression part : this.parts) {
			String value = part.getValue(context, String.class);
			if (value == null) {
				throw new IllegalArgumentException("The key of @SingletonJob method %s has no value for #{%s}"
					.formatted(JobMethod.nameOf(this.method), part.getExpressionString()));
			}
			key.append(value);
		}
		return key.toString();
	}

}
