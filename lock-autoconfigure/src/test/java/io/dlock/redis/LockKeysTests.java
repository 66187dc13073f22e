package io.dlock.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.dlock.core.RenewRequest;
import io.dlock.testing.OddNames;
import io.lettuce.core.cluster.SlotHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LockKeys} and {@link GrantMessage}: nothing in the name of a lock
 * reaches what belongs to another.
 * <p>
 * That this is so for all names: a lock's own key ends in <code>}</code> and the others
 * in <code>}:queue</code>, <code>}:waiting</code> and <code>}:fence</code>, so that no
 * two of different kinds are equal; and two of one kind, which begin and end alike, are
 * equal only if the names between are. The first brace of a key is the one that dlock
 * puts there, and the first closing one is the same in all four.
 */
class LockKeysTests {

	private final LockKeys keys = new LockKeys("dlock:");

	@Test
	void noTwoLocksShareAKey() {
		Map<String, String> owners = new HashMap<>();
		combinations().forEach((name) -> {
			for (String key : this.keys.all(name)) {
				String other = owners.put(bytes(key), name);
				assertThat(other).as("also the owner of %s", key).isNull();
			}
		});
		assertThat(owners).hasSizeGreaterThan(4 * 9_000);
	}

	@Test
	void allKeysOfALockShareAHashSlot() {
		combinations().forEach((name) -> {
			int slot = SlotHash.getSlot(this.keys.lock(name));
			assertThat(this.keys.all(name)).allMatch((key) -> SlotHash.getSlot(key) == slot);
		});
	}

	/** As bytes, which is what Redis compares. */
	private static String bytes(String key) {
		return new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
	}

	/** Every text of up to six of these pieces that is a name. */
	private static Stream<String> combinations() {
		List<String> pieces = List.of("a", "{", "}", ":queue", " ");
		Stream<String> longer = Stream.of("");
		Stream<String> all = Stream.empty();
		for (int i = 0; i < 6; i++) {
			List<String> texts = longer.flatMap((text) -> pieces.stream().map((piece) -> text + piece)).toList();
			all = Stream.concat(all, texts.stream());
			longer = texts.stream();
		}
		return all.filter((name) -> !name.startsWith("}"));
	}

	@ParameterizedTest(name = "{index}")
	@MethodSource("io.dlock.testing.OddNames#all")
	void aNameComesBackOutOfItsKeyAndItsMessage(String name) {
		assertThat(this.keys.nameOf(this.keys.lock(name))).isEqualTo(name);
		RenewRequest grant = GrantMessage.parse("7 100 2 10000 " + this.keys.lock(name), "me", this.keys);
		assertThat(grant).isNotNull();
		assertThat(grant.id().key()).isEqualTo(name);
		assertThat(grant.id().counter()).isEqualTo(7);
		assertThat(grant.firstToken()).isEqualTo(100);
	}

	@Test
	void aMessageThatNoScriptHasSentIsNoGrant() {
		String lock = this.keys.lock("adm");
		assertThat(GrantMessage.parse("7 9007199254740991 2 10000 " + lock, "me", this.keys)).isNotNull();
		assertThat(GrantMessage.parse("7 9007199254740992 2 10000 " + lock, "me", this.keys)).isNull();
		assertThat(GrantMessage.parse("7 x 2 10000 " + lock, "me", this.keys)).isNull();
		assertThat(GrantMessage.parse("7 100 2 " + lock, "me", this.keys)).isNull();
	}

	@Test
	void theNamesThatAreTriedAreDifferent() {
		assertThat(OddNames.all()).doesNotHaveDuplicates().hasSizeGreaterThan(50);
		assertThat(OddNames.all().flatMap((name) -> Arrays.stream(this.keys.all(name)))).doesNotHaveDuplicates();
	}

}
