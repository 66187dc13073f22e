package io.dlock.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LockEvent} and its kinds.
 */
class LockEventTests {

	private final LockRegistry registry = mock();

	@BeforeEach
	void name() {
		given(this.registry.instanceId()).willReturn("orders@host1:4242-x1");
	}

	@Test
	void everyEventTellsItsSourceKeyKindAndInstance() {
		assertThat(ofEachKind("adm")).hasSize(5).allSatisfy((event) -> {
			assertThat(event.getSource()).isSameAs(this.registry);
			assertThat(event.getKey()).isEqualTo("adm");
			assertThat(event.getKind()).isEqualTo(LockKind.LEADERSHIP);
			assertThat(event.getInstanceId()).isEqualTo("orders@host1:4242-x1");
		});
	}

	@Test
	void anEventPrintsAllItTells() {
		assertThat(ofEachKind("adm")).extracting(Object::toString)
			.containsExactly(
					"LockAcquiredEvent[key=adm, kind=LEADERSHIP, fencingToken=7, waitTime=PT1S, instanceId=orders@host1:4242-x1]",
					"LockReleasedEvent[key=adm, kind=LEADERSHIP, fencingToken=7, heldFor=PT2S, instanceId=orders@host1:4242-x1]",
					"LockFailedEvent[key=adm, kind=LEADERSHIP, cause=HELD, holder=other, instanceId=orders@host1:4242-x1]",
					"LockListeningEvent[key=adm, kind=LEADERSHIP, holder=null, position=3, instanceId=orders@host1:4242-x1]",
					"LockLostEvent[key=adm, kind=LEADERSHIP, fencingToken=7, cause=TAKEN, lostAt=1970-01-01T00:00:00Z, instanceId=orders@host1:4242-x1]");
	}

	@Test
	void aListenerChoosesEventsByTypeConditionOrInterface() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Listeners.class,
				LossListener.class)) {
			ofEachKind("adm").forEach(context::publishEvent);
			ofEachKind("other").forEach(context::publishEvent);
			Listeners listeners = context.getBean(Listeners.class);
			assertThat(listeners.byType).hasSize(2);
			assertThat(listeners.byCondition).extracting(LockEvent::getKey).containsOnly("adm").hasSize(5);
			assertThat(listeners.withoutParameter).isEqualTo(1);
			assertThat(context.getBean(LossListener.class).losses).extracting(LockLostEvent::getKey)
				.containsExactly("adm", "other");
		}
	}

	private List<LockEvent> ofEachKind(String key) {
		LockKind kind = LockKind.LEADERSHIP;
		return List.of(new LockAcquiredEvent(this.registry, key, kind, 7, Duration.ofSeconds(1)),
				new LockReleasedEvent(this.registry, key, kind, 7, Duration.ofSeconds(2)),
				new LockFailedEvent(this.registry, key, kind, FailureCause.HELD, "other"),
				new LockListeningEvent(this.registry, key, kind, null, 3),
				new LockLostEvent(this.registry, key, kind, 7, LossCause.TAKEN, Instant.EPOCH));
	}

	static class Listeners {

		private final List<ApplicationEvent> byType = new ArrayList<>();

		private final List<LockEvent> byCondition = new ArrayList<>();

		private int withoutParameter;

		@EventListener(LockAcquiredEvent.class)
		void acquired(LockAcquiredEvent event) {
			this.byType.add(event);
		}

		@EventListener(condition = "#event.key == 'adm'")
		void anyOfOneKey(LockEvent event) {
			this.byCondition.add(event);
		}

		@EventListener(classes = LockReleasedEvent.class, condition = "event.key == 'other' && event.fencingToken == 7")
		void released() {
			this.withoutParameter++;
		}

	}

	static class LossListener implements ApplicationListener<LockLostEvent> {

		private final List<LockLostEvent> losses = new ArrayList<>();

		@Override
		public void onApplicationEvent(LockLostEvent event) {
			this.losses.add(event);
		}

	}

}
