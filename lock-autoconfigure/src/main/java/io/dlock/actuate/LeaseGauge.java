package io.dlock.actuate;

import io.dlock.LockRegistry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meter {@code dlock.leases}: how many leases a registry has at the moment.
 */
public final class LeaseGauge implements MeterBinder {

	private final LockRegistry registry;

	/**
	 * A gauge.
	 * @param registry whose leases are counted
	 */
	public LeaseGauge(LockRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		Gauge.builder("dlock.leases", this.registry, (locks) -> locks.leases().size())
			.description("Leases that are held by this instance")
			.register(meters);
	}

}
