package io.dlock.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import com.jayway.jsonpath.JsonPath;
import io.dlock.autoconfigure.DlockConnectionDetails.Node;
import io.dlock.autoconfigure.DlockConnectionDetails.Sentinel;
import io.dlock.autoconfigure.DlockConnectionDetails.Standalone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DlockProperties}.
 */
class DlockPropertiesTests {

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withUserConfiguration(Binding.class);

	@Test
	void everythingHasADefault() {
		bind((properties) -> {
			assertThat(properties.mode()).isEqualTo(DlockProperties.Mode.REDIS);
			assertThat(properties.hasAddress()).isFalse();
			assertThat(properties.address()).isEqualTo(new Standalone(new Node("localhost", 6379)));
			assertThat(properties.ssl().isOn()).isFalse();
			assertThat(properties.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
			assertThat(properties.commandTimeout()).isEqualTo(Duration.ofSeconds(2));
			assertThat(properties.keyPrefix()).isEqualTo("dlock:");
			assertThat(properties.contendFor()).isEmpty();
			assertThat(properties.ttl()).isEqualTo(Duration.ofSeconds(10));
			assertThat(properties.effectiveRenewInterval()).isEqualTo(Duration.ofSeconds(10).dividedBy(3));
			assertThat(properties.pollInterval()).isEqualTo(Duration.ofMillis(100));
			assertThat(properties.instanceId()).isNull();
			assertThat(properties.replicas().minAcks()).isZero();
			assertThat(properties.replicas().ackTimeout()).isEqualTo(Duration.ofMillis(500));
		});
	}

	@Test
	void whatIsSetIsTaken() {
		bind((properties) -> {
			assertThat(properties.mode()).isEqualTo(DlockProperties.Mode.LOCAL);
			assertThat(properties.address()).isEqualTo(new Standalone(new Node("redis1", 6380)));
			assertThat(properties.database()).isEqualTo(3);
			assertThat(properties.username()).isEqualTo("locks");
			assertThat(properties.password()).isEqualTo("sec ret");
			assertThat(properties.ssl().isOn()).isTrue();
			assertThat(properties.ssl().bundle()).isEqualTo("redis");
			assertThat(properties.contendFor()).containsExactly("adm", "reports");
			assertThat(properties.effectiveRenewInterval()).isEqualTo(Duration.ofMillis(500));
			assertThat(properties.instanceId()).isEqualTo("orders-1");
		}, "dlock.mode=local", "dlock.host=redis1", "dlock.port=6380", "dlock.database=3", "dlock.username=locks",
				"dlock.password=sec ret", "dlock.ssl.bundle=redis", "dlock.contend-for=adm,reports", "dlock.ttl=1s",
				"dlock.renew-interval=500ms", "dlock.instance-id=orders-1");
	}

	@Test
	void sentinelsAreListed() {
		bind((properties) -> assertThat(properties.address()).isEqualTo(
				new Sentinel("mymaster", List.of(new Node("a", 26379), new Node("::1", 26380)), "watcher", "secret")),
				"dlock.sentinel.master=mymaster", "dlock.sentinel.nodes[0]=a:26379",
				"dlock.sentinel.nodes[1]=[::1]:26380", "dlock.sentinel.username=watcher",
				"dlock.sentinel.password=secret");
	}

	@Test
	void aSingleSentinelHasAShortForm() {
		bind((properties) -> assertThat(properties.address())
			.isEqualTo(new Sentinel(null, List.of(new Node("sentinel1", 26379)), null, null)),
				"dlock.sentinel.host=sentinel1");
	}

	@Test
	void aPortAloneMeansThisMachine() {
		bind((properties) -> {
			assertThat(properties.hasAddress()).isTrue();
			assertThat(properties.address()).isEqualTo(new Standalone(new Node("localhost", 6380)));
		}, "dlock.port=6380");
	}

	@Test
	void aPlaceholderThatResolvesToNothingSetsNothing() {
		bind((properties) -> {
			assertThat(properties.hasAddress()).isFalse();
			assertThat(properties.username()).isNull();
			assertThat(properties.password()).isNull();
			assertThat(properties.instanceId()).isNull();
			assertThat(properties.ssl().isOn()).isFalse();
		}, "dlock.host=${NO_SUCH_HOST:}", "dlock.username=", "dlock.password=", "dlock.instance-id=",
				"dlock.ssl.bundle=");
	}

	@Test
	void sentinelsThatAreSetToNothingAreNotSet() {
		bind((properties) -> assertThat(properties.address()).isEqualTo(new Standalone(new Node("a", 6379))),
				"dlock.host=a", "dlock.sentinel.master=", "dlock.sentinel.nodes=${NO_SUCH_SENTINELS:}",
				"dlock.sentinel.host=", "dlock.sentinel.port=", "dlock.sentinel.username=", "dlock.sentinel.password=");
	}

	@Test
	void tlsCanBeSwitchedOffAlthoughABundleIsNamed() {
		bind((properties) -> assertThat(properties.ssl().isOn()).isFalse(), "dlock.ssl.bundle=redis",
				"dlock.ssl.enabled=false");
	}

	@Test
	void passwordsAreNotPrinted() {
		bind((properties) -> {
			assertThat(properties.toString()).doesNotContain("secret").contains("password=******");
			assertThat(properties.address().toString()).doesNotContain("secret").contains("a:26379");
		}, "dlock.password=secret1", "dlock.sentinel.nodes=a:26379", "dlock.sentinel.password=secret2");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					dlock.host=a dlock.sentinel.nodes=b:26379 | dlock.host and dlock.sentinel.* are both set | Remove dlock.host
					dlock.port=1 dlock.sentinel.nodes=b:26379 | dlock.port and dlock.sentinel.* are both set | Remove dlock.port
					dlock.sentinel.master=mymaster | no sentinel is named | dlock.sentinel.nodes
					dlock.sentinel.nodes=a:1 dlock.sentinel.host=b | dlock.sentinel.nodes and dlock.sentinel.host are both set | Use dlock.sentinel.nodes alone
					dlock.sentinel.nodes=a:1 dlock.sentinel.port=2 | dlock.sentinel.nodes and dlock.sentinel.port are both set | Use dlock.sentinel.nodes alone
					dlock.sentinel.port=26379 | no sentinel is named | dlock.sentinel.host
					dlock.sentinel.nodes=a:1,b | dlock.sentinel.nodes[1] is 'b' | Write host:port
					dlock.sentinel.nodes=a:0 | dlock.sentinel.nodes[0] is 'a:0' | Write host:port
					dlock.sentinel.nodes=a:65536 | dlock.sentinel.nodes[0] is 'a:65536' | Write host:port
					dlock.sentinel.nodes=::1:26379 | dlock.sentinel.nodes[0] is '::1:26379' | [::1]:26379
					dlock.sentinel.nodes=redis://a:26379 | dlock.sentinel.nodes[0] is 'redis://a:26379' | Write host:port
					dlock.sentinel.host=a:26379 | dlock.sentinel.host is 'a:26379' | the port by dlock.sentinel.port
					dlock.host=a:6379 | dlock.host is 'a:6379' | the port by dlock.port
					dlock.host=redis://a | dlock.host is 'redis://a' | the name alone
					dlock.port=0 | dlock.port is 0 | from 1 to 65535
					dlock.port=65536 | dlock.port is 65536 | from 1 to 65535
					dlock.sentinel.host=a dlock.sentinel.port=-1 | dlock.sentinel.port is -1 | from 1 to 65535
					dlock.database=-1 | dlock.database is -1 | 0 or a positive number
					dlock.username=a | dlock.username is set, but dlock.password is not | Set dlock.password
					dlock.sentinel.host=a dlock.sentinel.username=b | dlock.sentinel.username is set | Set dlock.sentinel.password
					dlock.connect-timeout=0 | dlock.connect-timeout is 0ms | positive duration
					dlock.command-timeout=-1s | dlock.command-timeout is -1000ms | positive duration
					dlock.poll-interval=0s | dlock.poll-interval is 0ms | positive duration
					dlock.ttl=0 | dlock.ttl is 0ms | at least 100ms
					dlock.ttl=-10s | dlock.ttl is -10000ms | at least 100ms
					dlock.ttl=99ms | dlock.ttl is 99ms | at least 100ms
					dlock.ttl=PT8760H0.001S | dlock.ttl is 31536000001ms | at most 365d
					dlock.ttl=400000d | dlock.ttl is 34560000000000ms | at most 365d
					dlock.replicas.min-acks=-1 | dlock.replicas.min-acks is -1 | number of replicas
					dlock.replicas.min-acks=1 dlock.replicas.ack-timeout=2s | dlock.replicas.ack-timeout is 2000ms | shorter time
					dlock.replicas.min-acks=1 dlock.ttl=900ms | dlock.replicas.ack-timeout is 500ms | shorter time
					dlock.replicas.ack-timeout=0ms | dlock.replicas.ack-timeout is 0ms | dlock.replicas.ack-timeout
					dlock.ttl=1s dlock.renew-interval=501ms | dlock.renew-interval is 501ms | at most 500ms
					dlock.renew-interval=0 | dlock.renew-interval is 0ms | positive duration
					dlock.key-prefix=a{b}: | dlock.key-prefix is 'a{b}:' | for example 'dlock:'
					dlock.key-prefix= | dlock.key-prefix is '' | for example 'dlock:'
					dlock.contend-for[0]=a dlock.contend-for[1]= | dlock.contend-for[1] is '' | remove the entry
					dlock.contend-for[0]=}a | dlock.contend-for[0] is '}a' | does not begin with '}'
					dlock.instance-id=a\tb | dlock.instance-id is | Set dlock.instance-id to a text without it
					""")
	void aWrongSettingStopsTheStartAndSaysWhatToChange(String settings, String problem, String remedy) {
		this.contexts.withPropertyValues(settings.split(" ")).run((context) -> assertFailure(context, problem, remedy));
	}

	@Test
	void everySettingIsDescribedForEditors() throws IOException {
		String metadata = new ClassPathResource("META-INF/spring-configuration-metadata.json",
				DlockProperties.class.getClassLoader())
			.getContentAsString(StandardCharsets.UTF_8);
		List<Map<String, Object>> settings = JsonPath.read(metadata, "$.properties[*]");
		assertThat(settings).extracting((setting) -> setting.get("name"))
			.contains("dlock.mode", "dlock.host", "dlock.sentinel.nodes", "dlock.ssl.bundle", "dlock.contend-for");
		assertThat(settings).allSatisfy((setting) -> assertThat(setting.get("description")).asString()
			.as("%s", setting.get("name"))
			.endsWith("."));
		assertThat(settings).filteredOn((setting) -> Set.of("dlock.port", "dlock.ttl").contains(setting.get("name")))
			.extracting((setting) -> setting.get("defaultValue"))
			.extracting(Object::toString)
			.containsExactlyInAnyOrder("6379", "10s");
	}

	/**
	 * The start has failed, and what Boot prints then says this.
	 */
	static void assertFailure(AssertableApplicationContext context, String problem, String remedy) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = analyze(context.getStartupFailure());
		assertThat(analysis.getDescription()).contains(problem);
		assertThat(analysis.getAction()).contains(remedy);
	}

	/**
	 * Asks the analyzers that Boot would ask, in the same order.
	 */
	static FailureAnalysis analyze(Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {
			}))
			.stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter((analysis) -> analysis != null)
			.findFirst()
			.orElseThrow(() -> new AssertionError("Nobody explains the failure", failure));
	}

	private void bind(Consumer<DlockProperties> expectations, String... settings) {
		this.contexts.withPropertyValues(settings)
			.run((context) -> expectations.accept(context.getBean(DlockProperties.class)));
	}

	@EnableConfigurationProperties(DlockProperties.class)
	static class Binding {

	}

}
