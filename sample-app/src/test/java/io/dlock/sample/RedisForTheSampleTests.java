package io.dlock.sample;

import org.junit.jupiter.api.Test;

import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisForTheSample}.
 */
class RedisForTheSampleTests {

	@Test
	void nothingIsStartedWhileTheSampleIsProcessedAheadOfTime() {
		int port = FreePort.find();
		GenericApplicationContext context = new GenericApplicationContext();
		context.setEnvironment(new MockEnvironment().withProperty("sample.redis-port", Integer.toString(port)));
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		try {
			new RedisForTheSample().initialize(context);
			assertThat(SharedRedis.at(port)).isEmpty();
		}
		finally {
			System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
			SharedRedis.stop(port);
		}
	}

}
