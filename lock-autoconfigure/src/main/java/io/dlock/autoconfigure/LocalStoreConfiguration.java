package io.dlock.autoconfigure;

import io.dlock.core.LocalLockStore;
import io.dlock.core.LockStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Keeps the locks in the memory of this process.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMode(DlockProperties.Mode.LOCAL)
class LocalStoreConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(LocalStoreConfiguration.class);

	@Bean
	@ConditionalOnMissingBean(LockStore.class)
	LocalLockStore dlockLockStore(DlockProperties properties) {
		properties.checkMode(DlockProperties.Mode.LOCAL);
		logger.info("dlock.mode is local: locks hold in this process only");
		return new LocalLockStore(System::nanoTime);
	}

}
