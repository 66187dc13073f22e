package io.dlock.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import io.dlock.core.LockObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
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
public final class LockMetrics implements LockObserver, MeterBinder {

	private final List<Meters> bound = new CopyOnWriteArrayList<>();

	/**
	 * Makes the meters, which count from then on.
	 * @param registry where
	 */
	@Override
	public void bindTo(MeterRegistry registry) {
		this.bound.add(Meters.in(registry));
	}

	@Override
	public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
		for (Meters each : this.bound) {
			each.acquired().at(kind).record(waited);
		}
	}

	@Override
	public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
		for (Meters each : this.bound) {
			each.released().at(kind).record(held);
		}
	}

	@Override
	public void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, @Nullable String holder,
			@Nullable Instant tick) {
		for (Meters each : this.bound) {
			each.failed().at(kind).at(cause).increment();
		}
	}

	@Override
	public void listening(LockRegistry registry, String key, LockKind kind, @Nullable String holder, int position) {
		for (Meters each : this.bound) {
			each.listening().at(kind).increment();
		}
	}

	@Override
	public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		for (Meters each : this.bound) {
			each.lost().at(kind).at(cause).increment();
		}
	}

	/** It has been counted before. */
	@Override
	public void lostAgain(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
	}

	/**
	 * The meters in one registry of meters.
	 */
	private record Meters(Each<LockKind, Timer> acquired, Each<LockKind, Timer> released,
			Each<LockKind, Counter> listening, Each<LockKind, Each<FailureCause, Counter>> failed,
			Each<LockKind, Each<LossCause, Counter>> lost) {

		static Meters in(MeterRegistry registry) {
			return new Meters(
					Each.of(LockKind.class,
							(kind) -> timer("dlock.acquired", kind, "Time from an attempt at a lock to its lease")
								.register(registry)),
					Each.of(LockKind.class,
							(kind) -> timer("dlock.released", kind, "Time from the begin of a lease to its release")
								.register(registry)),
					Each.of(LockKind.class,
							(kind) -> counter("dlock.listening", kind, "Attempts that have had to wait")
								.register(registry)),
					Each.of(LockKind.class, (kind) -> Each.of(FailureCause.class,
							(cause) -> counter("dlock.failed", kind, "Attempts that have ended without the lock")
								.tag("cause", text(cause))
								.register(registry))),
					Each.of(LockKind.class,
							(kind) -> Each.of(LossCause.class,
									(cause) -> counter("dlock.lost", kind, "Leases that have ended without a release")
										.tag("cause", text(cause))
										.register(registry))));
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
