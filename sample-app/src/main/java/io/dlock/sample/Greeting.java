package io.dlock.sample;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells the person at the terminal what to try, before the first lock event.
 */
@Component
class Greeting {

	private final Duration ttl;

	Greeting(@Value("${dlock.ttl}") Duration ttl) {
		this.ttl = ttl;
	}

	@EventListener
	void greet(WebServerInitializedEvent event) {
		int port = event.getWebServer().getPort();
		long pid = ProcessHandle.current().pid();
		System.out.println("""
				This:  process %d, contends for the lock 'adm'; http://localhost:%d tells who leads.
				Next:  in another terminal, %s
				Then:  Ctrl-C here, and the other leads at once; or kill -9 %d, and it leads within %d ms.
				""".formatted(pid, port, secondInstance(port + 1), pid, this.ttl.toMillis()));
	}

	static String secondInstance(int port) {
		return "./mvnw -q spring-boot:run -Dspring-boot.run.arguments=--server.port=" + port;
	}

}
