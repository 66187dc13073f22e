package io.dlock.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.diagnostics.FailureAnalyzedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BundledRedis}.
 */
class BundledRedisTests {

	@TempDir
	private Path folder;

	private final int port = FreePort.find();

	@AfterEach
	void stopRedis() {
		SharedRedis.stop(this.port);
	}

	@Test
	void startsWhenNobodyAnswers() {
		RedisProcess redis = joinOrStart();
		assertThat(ProcessHandle.of(redis.pid())).isPresent();
		assertThat(redis.isBundled()).isTrue();
		assertThat(redis.description()).contains("kill " + redis.pid());
	}

	@Test
	void whoeverHangsUpWithoutAWordIsNobody() throws IOException {
		try (ServerSocket stopping = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture<Void> answer = CompletableFuture.runAsync(() -> answer(stopping, ""));
			assertThat(SharedRedis.at(stopping.getLocalPort())).isEmpty();
			answer.join();
		}
	}

	@Test
	void joinsTheOneThatRuns() {
		RedisProcess first = joinOrStart();
		RedisProcess second = joinOrStart();
		assertThat(second).isEqualTo(first);
	}

	@Test
	void isTheFirstOneWhenAnotherInstanceHasStartedOneMeanwhile() {
		RedisProcess first = joinOrStart();
		RedisProcess second = new BundledRedis(this.port, this.folder).start();
		assertThat(second).isEqualTo(first);
	}

	@Test
	void isNoChildOfTheInstanceThatStartsIt() {
		RedisProcess redis = joinOrStart();
		assertThat(ProcessHandle.current().descendants().map(ProcessHandle::pid)).doesNotContain(redis.pid());
	}

	@Test
	void saysWhatToDoWhenThePortBelongsToSomethingElse() throws IOException {
		try (ServerSocket other = new ServerSocket(this.port, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture<Void> answer = CompletableFuture
				.runAsync(() -> answer(other, "HTTP/1.1 400 Bad Request\r\n"));
			assertThatExceptionOfType(FailureAnalyzedException.class).isThrownBy(this::joinOrStart)
				.satisfies((ex) -> assertThat(ex.analysis().getDescription()).contains("HTTP/1.1 400 Bad Request"))
				.satisfies((ex) -> assertThat(ex.analysis().getAction()).contains("SAMPLE_REDIS_PORT"));
			answer.join();
		}
	}

	private RedisProcess joinOrStart() {
		return new BundledRedis(this.port, this.folder).joinOrStart();
	}

	private static void answer(ServerSocket server, String text) {
		try (Socket socket = server.accept()) {
			socket.getInputStream().read(new byte[1024]);
			socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
