package io.dlock.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Configuration;
import io.dlock.core.LockStore;

/**
 * Keeps the locks in the memory of this process.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "dlock.mode", havingValue = "local")
@ConditionalOnMissingBean(LockStore.class)
class LocalStoreConfiguration {

}
