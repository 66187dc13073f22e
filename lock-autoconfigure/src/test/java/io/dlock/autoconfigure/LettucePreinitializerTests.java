package io.dlock.autoconfigure;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LettucePreinitializer}.
 */
class LettucePreinitializerTests {

	@Test
	void isFoundBySpringBoot() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(BackgroundPreinitializer.class))
			.hasAtLeastOneElementOfType(LettucePreinitializer.class);
	}

	@Test
	void leavesNoThreadBehind() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		new LettucePreinitializer().preinitialize();
		await().untilAsserted(() -> {
			Set<Thread> more = new HashSet<>(Thread.getAllStackTraces().keySet());
			more.removeAll(before);
			assertThat(more).noneMatch((thread) -> thread.getName().startsWith("lettuce"));
		});
	}

}
