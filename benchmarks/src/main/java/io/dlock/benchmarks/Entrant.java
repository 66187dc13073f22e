package io.dlock.benchmarks;

import java.util.function.Function;

/**
 * Who takes part, and how each is opened.
 */
enum Entrant {

	DLOCK("dlock", DlockContestant::quiet),

	DLOCK_HEARD("dlock, with a listener and meters", DlockContestant::heard),

	DLOCK_LOCAL("dlock in memory", DlockContestant::local),

	DLOCK_LOCAL_HEARD("dlock in memory, with a listener and meters", DlockContestant::localHeard),

	DLOCK_ALONE("dlock, Redis not there", DlockContestant::alone),

	BOOT("Spring Boot without dlock", BootApplication::new),

	FLOOR("Lettuce alone (floor)", LettuceContestant::new),

	REDISSON("Redisson RLock", RedissonContestant::unfair),

	REDISSON_FAIR("Redisson fair lock", RedissonContestant::fair),

	SPRING_SPIN("Spring Integration, spin", SpringIntegrationContestant::spinning),

	SPRING_PUB_SUB("Spring Integration, pub/sub", SpringIntegrationContestant::listening),

	SHEDLOCK("ShedLock", ShedLockContestant::new),

	REENTRANT("fair ReentrantLock, no Redis", ReentrantContestant::new);

	private final String title;

	@SuppressWarnings("ImmutableEnumChecker") // constructors, which have no state
	private final Function<Setting, Participant> opener;

	Entrant(String title, Function<Setting, Participant> opener) {
		this.title = title;
		this.opener = opener;
	}

	String title() {
		return this.title;
	}

	Participant open(Setting setting) {
		return this.opener.apply(setting);
	}

}
