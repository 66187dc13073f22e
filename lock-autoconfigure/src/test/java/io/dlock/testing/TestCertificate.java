package io.dlock.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.springframework.util.FileSystemUtils;

/**
 * A certificate that has signed itself, with its key: in a store for Java and in files
 * for others. To be closed by whoever made it.
 */
public final class TestCertificate implements AutoCloseable {

	/** Of the store. */
	public static final String PASSWORD = "changeit";

	private static final String ALIAS = "redis";

	private final Path directory;

	private TestCertificate(Path directory) {
		this.directory = directory;
	}

	/**
	 * Makes a certificate.
	 * @param name what it is for, as {@code dns:localhost} or {@code ip:127.0.0.1}
	 * @return the certificate
	 */
	public static TestCertificate of(String name) throws Exception {
		TestCertificate certificate = new TestCertificate(Files.createTempDirectory("dlock-tls"));
		certificate.generate(name);
		certificate.writeFiles();
		return certificate;
	}

	/** A store with key and certificate: to be trusted, or to show who one is. */
	public Path store() {
		return this.directory.resolve("store.p12");
	}

	/** The certificate alone (PEM). */
	public Path certificateFile() {
		return this.directory.resolve("certificate.pem");
	}

	/** The key alone (PEM). */
	public Path keyFile() {
		return this.directory.resolve("key.pem");
	}

	/**
	 * For a server with this certificate.
	 * @param trusted whom it lets in, if it asks
	 */
	public SSLContext context(TestCertificate trusted) throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(keyStore(), PASSWORD.toCharArray());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted.keyStore());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

	private void generate(String name) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
		command.addAll(List.of("-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"san=" + name, "-keystore", store().toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
		if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
			throw new IllegalStateException("keytool failed: " + command);
		}
	}

	private void writeFiles() throws Exception {
		KeyStore store = keyStore();
		write(certificateFile(), "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
		write(keyFile(), "PRIVATE KEY", store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
	}

	private static void write(Path file, String kind, byte[] content) throws IOException {
		String encoded = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content);
		Files.writeString(file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, encoded, kind));
	}

	private KeyStore keyStore() throws GeneralSecurityException, IOException {
		return KeyStore.getInstance(store().toFile(), PASSWORD.toCharArray());
	}

	@Override
	public void close() throws IOException {
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
