package io.dlock.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

import io.dlock.FailureCause;
import io.dlock.KeyText;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import io.dlock.core.LockObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells several observers, one after the other, so that one which throws keeps no other
 * from hearing.
 */
final class ObserverGroup implements LockObserver {

	private static final Logger logger = LoggerFactory.getLogger(ObserverGroup.class);

	private final List<LockObserver> members;

	ObserverGroup(List<LockObserver> members) {
		this.members = List.copyOf(members);
	}

	@Override
	public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
		tell(key, (member) -> member.acquired(registry, key, kind, fencingToken, waited));
	}

	@Override
	public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
		tell(key, (member) -> member.released(registry, key, kind, fencingToken, held));
	}

	@Override
	public void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, @Nullable String holder,
			@Nullable Instant tick) {
		tell(key, (member) -> member.failed(registry, key, kind, cause, holder, tick));
	}

	@Override
	public void listening(LockRegistry registry, String key, LockKind kind, @Nullable String holder, int position) {
		tell(key, (member) -> member.listening(registry, key, kind, holder, position));
	}

	@Override
	public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		tell(key, (member) -> member.lost(registry, key, kind, fencingToken, cause, lostAt));
	}

	@Override
	public void lostAgain(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		tell(key, (member) -> member.lostAgain(registry, key, kind, fencingToken, cause, lostAt));
	}

	private void tell(String key, Consumer<LockObserver> news) {
		for (LockObserver member : this.members) {
			try {
				news.accept(member);
			}
			catch (RuntimeException | Error ex) {
				logger.error("A listener failed on news of lock {}, which changes nothing about the lock",
						KeyText.quoted(key), ex);
			}
		}
	}

}
