package io.dlock.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import io.dlock.core.LockObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what happens to locks, each with the name of the event that tells the same:
 * {@code dlock.acquired} times how long it took to get a lock, {@code dlock.released} how
 * long it was held, and {@code dlock.failed}, {@code dlock.listening} and
 * {@code dlock.lost} count.
 * <p>
 * They are told apart by what a lock is taken for, and by cause; not by key, of which
 * there may be any number. All are there from the beginning, so that a first loss is seen
 * as one more.
 */
public final class LockMetrics implements LockObserver {

	private final Each<LockKind, Timer> acquired;

	private final Each<LockKind, Timer> released;

	private final Each<LockKind, Counter> listening;

	private final Each<LockKind, Each<FailureCause, Counter>> failed;

	private final Each<LockKind, Each<LossCause, Counter>> lost;

	/**
	 * Makes the meters.
	 * @param meters where
	 */
	public LockMetrics(MeterRegistry meters) {
		this.acquired = Each.of(LockKind.class,
				(kind) -> timer("dlock.acquired", kind, "Time from an attempt at a lock to its lease")
					.register(meters));
		this.released = Each.of(LockKind.class,
				(kind) -> timer("dlock.released", kind, "Time from the begin of a lease to its release")
					.register(meters));
		this.listening = Each.of(LockKind.class,
				(kind) -> counter("dlock.listening", kind, "Attempts that have had to wait").register(meters));
		this.failed = Each.of(LockKind.class,
				(kind) -> Each.of(FailureCause.class,
						(cause) -> counter("dlock.failed", kind, "Attempts that have ended without the lock")
							.tag("cause", text(cause))
							.register(meters)));
		this.lost = Each.of(LockKind.class,
				(kind) -> Each.of(LossCause.class,
						(cause) -> counter("dlock.lost", kind, "Leases that have ended without a release")
							.tag("cause", text(cause))
							.register(meters)));
	}

	private static Timer.Builder timer(String name, LockKind kind, String description) {
		return Timer.builder(name).description(description).tag("kind", text(kind));
	}

	private static Counter.Builder counter(String name, LockKind kind, String description) {
		return Counter.builder(name).description(description).tag("kind", text(kind));
	}

	private static String text(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	@Override
	public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
		this.acquired.at(kind).record(waited);
	}

	@Override
	public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
		this.released.at(kind).record(held);
	}

	@Override
	public void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, @Nullable String holder,
			@Nullable Instant tick) {
		this.failed.at(kind).at(cause).increment();
	}

	@Override
	public void listening(LockRegistry registry, String key, LockKind kind, @Nullable String holder, int position) {
		this.listening.at(kind).increment();
	}

	@Override
	public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		this.lost.at(kind).at(cause).increment();
	}

	/** It has been counted before. */
	@Override
	public void lostAgain(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
	}

	/**
	 * A meter, or several, for each value of an enum.
	 *
	 * @param all by the values
	 */
	private record Each<E extends Enum<E>, T>(Map<E, T> all) {

		static <E extends Enum<E>, T> Each<E, T> of(Class<E> type, Function<E, T> made) {
			Map<E, T> all = new EnumMap<>(type);
			EnumSet.allOf(type).forEach((value) -> all.put(value, made.apply(value)));
			return new Each<>(all);
		}

		T at(E value) {
			return Objects.requireNonNull(this.all.get(value));
		}

	}

}
