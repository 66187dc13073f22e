package io.dlock.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The connection details that {@link DlockProperties} give.
 */
final class PropertiesDlockConnectionDetails implements DlockConnectionDetails {

	private final DlockProperties properties;

	private final @Nullable SslBundle sslBundle;

	PropertiesDlockConnectionDetails(DlockProperties properties, @Nullable SslBundles sslBundles) {
		this.properties = properties;
		this.sslBundle = sslBundle(properties.ssl(), sslBundles);
	}

	private static @Nullable SslBundle sslBundle(DlockProperties.Ssl ssl, @Nullable SslBundles sslBundles) {
		if (!ssl.isOn()) {
			return null;
		}
		if (ssl.bundle() == null) {
			return SslBundle.systemDefault();
		}
		try {
			if (sslBundles != null) {
				return sslBundles.getBundle(ssl.bundle());
			}
		}
		catch (NoSuchSslBundleException ex) {
			// Falls through to what names the property.
		}
		throw new InvalidSettingException(
				"dlock.ssl.bundle is '%s', and there is no such bundle".formatted(ssl.bundle()),
				"Define the bundle below spring.ssl.bundle, or name another one");
	}

	@Override
	public Address getAddress() {
		return this.properties.address();
	}

	@Override
	public int getDatabase() {
		Integer database = this.properties.database();
		return (database != null) ? database : 0;
	}

	@Override
	public @Nullable String getUsername() {
		return this.properties.username();
	}

	@Override
	public @Nullable String getPassword() {
		return this.properties.password();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		return this.sslBundle;
	}

}
