package io.dlock.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code docs/redis.md} tells people to configure.
 */
public final class RedisPage {

	private static final Path PAGE = Path.of("..", "docs", "redis.md");

	private RedisPage() {
	}

	/**
	 * The user, in a block of configuration.
	 * @param marker the line before the block
	 * @return the words after {@code user}: the name, the rules
	 */
	public static List<String> user(String marker) throws IOException {
		List<String> lines = Files.readAllLines(PAGE);
		int begin = lines.indexOf(marker);
		List<String> block = lines.subList(begin + 2,
				begin + 2 + lines.subList(begin + 2, lines.size()).indexOf("```"));
		String user = block.stream().filter((line) -> line.startsWith("user ")).findFirst().orElseThrow();
		return List.of(user.substring("user ".length()).split(" ", -1));
	}

	/**
	 * The rights that the page explains, apart from all the others that it does not.
	 * @return as written in the table, for example {@code +type}
	 */
	public static List<String> explainedRights() throws IOException {
		return Files.readAllLines(PAGE)
			.stream()
			.filter((line) -> line.matches("\\| `[+&].*"))
			.map((line) -> line.replace("\\|", "/").split("\\|", -1)[1].replace('/', '|'))
			.flatMap((cell) -> List.of(cell.replace("`", "").strip().split(", ")).stream())
			.toList();
	}

}
