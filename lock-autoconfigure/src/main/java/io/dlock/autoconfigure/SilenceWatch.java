package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection on which nothing has come back for too long since something was
 * sent, so that a new one is made.
 * <p>
 * A network that swallows packets, or a server that is gone without a word, leaves a
 * connection open on which the system goes on sending for a quarter of an hour. Keepalive
 * does not help while something is under way, and TCP_USER_TIMEOUT needs a native
 * transport.
 * <p>
 * All fields belong to the thread of the channel.
 */
final class SilenceWatch extends ChannelDuplexHandler {

	private static final Logger logger = LoggerFactory.getLogger(SilenceWatch.class);

	private final long limitNanos;

	private boolean waiting;

	private long waitingSince;

	private @Nullable ScheduledFuture<?> checks;

	/**
	 * A watch for one connection.
	 * @param limit how long the other side may be silent after something was sent
	 */
	SilenceWatch(Duration limit) {
		this.limitNanos = limit.toNanos();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		long interval = Math.max(this.limitNanos / 4, 1);
		this.checks = context.executor()
			.scheduleWithFixedDelay(() -> check(context), interval, interval, TimeUnit.NANOSECONDS);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
		if (!this.waiting) {
			this.waiting = true;
			this.waitingSince = System.nanoTime();
		}
		super.write(context, message, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.waiting = false;
		context.fireChannelRead(message);
	}

	@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the end of the
													// connection.
	private void check(ChannelHandlerContext context) {
		if (this.waiting && System.nanoTime() - this.waitingSince > this.limitNanos) {
			this.waiting = false;
			logger.debug("Closing {}, on which nothing came back in time", context.channel());
			context.close();
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (this.checks != null) {
			this.checks.cancel(false);
		}
	}

}
