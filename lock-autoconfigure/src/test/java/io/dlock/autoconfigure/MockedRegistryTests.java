package io.dlock.autoconfigure;

import java.util.Optional;

import io.dlock.LockRegistry;
import io.dlock.core.LeasingLockRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * Tests that a test may have a mock in the place of the registry.
 */
@SpringBootTest(properties = { "dlock.mode=local", "dlock.contend-for=adm" })
class MockedRegistryTests {

	@MockitoBean
	private LockRegistry registry;

	@Test
	void aMockTakesThePlaceOfTheRegistry(@Autowired ApplicationContext context) {
		given(this.registry.holder("adm")).willReturn(Optional.empty());
		assertThat(context.getBean(LockRegistry.class)).isSameAs(this.registry);
		assertThat(context.getBeansOfType(LeasingLockRegistry.class)).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(DlockAutoConfiguration.class)
	static class Application {

	}

}
