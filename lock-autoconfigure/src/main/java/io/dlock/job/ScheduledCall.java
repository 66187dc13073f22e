package io.dlock.job;

import java.lang.reflect.Method;
import java.util.function.Supplier;

import io.dlock.core.Tick;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.scheduling.SchedulingAwareRunnable;

/**
 * A scheduled task that says, while it runs, for which tick. That is meant for the method
 * that the scheduler calls, and for its first call that the lock store has answered: what
 * that method goes on to call, or to call again, is called by hand.
 * <p>
 * Spring tells nobody which method a task calls, except by the text of the task.
 */
final class ScheduledCall implements SchedulingAwareRunnable {

	private static final String TICK = ScheduledCall.class.getName();

	private static final ThreadLocal<@Nullable Due> current = new ThreadLocal<>();

	private final Runnable task;

	private final Supplier<@Nullable Tick> ticks;

	ScheduledCall(Runnable task, Supplier<@Nullable Tick> ticks) {
		this.task = task;
		this.ticks = ticks;
	}

	@Override
	public void run() {
		Due outer = current.get();
		Tick tick = this.ticks.get();
		current.set((tick != null) ? new Due(this.task.toString(), new DueTick(tick)) : null);
		try {
			this.task.run();
		}
		finally {
			current.set(outer);
		}
	}

	/**
	 * The tick that a call is for, once, unless it is put back.
	 * @return null for a call by hand
	 */
	static @Nullable DueTick takeTick(MethodInvocation invocation, Method method) {
		DueTick due = tickOf(invocation, method);
		return (due != null && due.take()) ? due : null;
	}

	/**
	 * The tick that a call is for, taken or not.
	 * @return null for a call by hand
	 */
	static @Nullable DueTick tickOf(MethodInvocation invocation, Method method) {
		ProxyMethodInvocation proxied = (ProxyMethodInvocation) invocation;
		if (proxied.getUserAttribute(TICK) instanceof DueTick carried) {
			return carried;
		}
		Due due = current.get();
		return (due != null && due.isFor(proxied, method)) ? due.tick() : null;
	}

	/**
	 * Has a call bring along the tick that it is for, wherever it goes.
	 */
	static void carryTick(MethodInvocation invocation) {
		DueTick due = tickOf(invocation, invocation.getMethod());
		if (due != null) {
			((ProxyMethodInvocation) invocation).setUserAttribute(TICK, due);
		}
	}

	@Override
	public boolean isLongLived() {
		return (this.task instanceof SchedulingAwareRunnable aware) ? aware.isLongLived()
				: SchedulingAwareRunnable.super.isLongLived();
	}

	@Override
	public @Nullable String getQualifier() {
		return (this.task instanceof SchedulingAwareRunnable aware) ? aware.getQualifier() : null;
	}

	@Override
	public String toString() {
		return this.task.toString();
	}

	/**
	 * What a thread runs for.
	 *
	 * @param task the text of the task
	 * @param tick the tick
	 */
	private record Due(String task, DueTick tick) {

		/**
		 * A scheduled method has no parameters, so that its name says which it is; the
		 * class may be that of the method, as the bean or its interface has it, or, for a
		 * reactive one, that of the proxy.
		 */
		boolean isFor(ProxyMethodInvocation invocation, Method method) {
			String name = "." + method.getName();
			return method.getParameterCount() == 0 && (this.task.equals(JobMethod.nameOf(method))
					|| this.task.equals(JobMethod.nameOf(invocation.getMethod()))
					|| this.task.equals(invocation.getProxy().getClass().getName() + name));
		}

	}

}
