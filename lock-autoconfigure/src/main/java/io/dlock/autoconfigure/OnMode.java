package io.dlock.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Compares the mode that {@code dlock.mode} is bound to: a comparison of texts would
 * refuse some that {@link DlockProperties} take, and one of both has to be in use.
 */
class OnMode extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		DlockProperties.Mode wanted = metadata.getAnnotations()
			.get(ConditionalOnMode.class)
			.getEnum("value", DlockProperties.Mode.class);
		DlockProperties.Mode found = Binder.get(context.getEnvironment())
			.bind("dlock.mode", DlockProperties.Mode.class)
			.orElse(DlockProperties.Mode.REDIS);
		return new ConditionOutcome(found == wanted,
				ConditionMessage.forCondition(ConditionalOnMode.class, wanted).because("dlock.mode is " + found));
	}

}
