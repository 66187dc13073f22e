package io.dlock;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.dlock.core.DeniedException;
import io.dlock.core.LockStore;
import io.dlock.core.NotSentException;
import io.dlock.core.RefusedException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which package may know which, that none of them knows itself through another, and that
 * each says what it is for.
 */
class ArchitectureTests {

	/**
	 * What every package may import. A package that is not named here may not exist.
	 */
	private static final Map<String, Set<String>> MAY_IMPORT = Map.of("io.dlock", Set.of(), //
			"io.dlock.event", Set.of("io.dlock", "org.springframework.context.."), //
			"io.dlock.core", Set.of("io.dlock", "org.slf4j.."), //
			"io.dlock.redis",
			Set.of("io.dlock", "io.dlock.core", "org.slf4j..", "io.lettuce..", "org.springframework.data.redis..",
					// What the client has its commands written into.
					"io.netty.buffer"), //
			"io.dlock.job", Set.of("io.dlock", "io.dlock.core", "org.slf4j..", "org.springframework.context..",
					// What spring-context is built on, and brings.
					"org.springframework.aop..", "org.springframework.beans..", "org.springframework.core..",
					"org.springframework.expression..", "org.springframework.format..",
					"org.springframework.scheduling..", "org.springframework.util..", "org.aopalliance..",
					// Where it is there.
					"reactor.core.."), //
			"io.dlock.actuate",
			Set.of("io.dlock", "io.dlock.core", "io.dlock.event", "org.slf4j..", "org.springframework.boot.actuate..",
					"org.springframework.boot.health..", "io.micrometer.."), //
			"io.dlock.autoconfigure", Set.of(".."));

	private static final Set<String> EVERYBODY_MAY_IMPORT = Set.of("java..", "javax.net.ssl..",
			"org.jspecify.annotations..");

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.dlock");

	static Set<String> packages() {
		return classes.stream()
			.map(JavaClass::getPackage)
			.map(JavaPackage::getName)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@ParameterizedTest
	@MethodSource("packages")
	void aPackageImportsOnlyWhatItMayKnow(String name) {
		assertThat(MAY_IMPORT).as("packages of the design").containsKey(name);
		String[] known = Stream.of(Set.of(name), EVERYBODY_MAY_IMPORT, MAY_IMPORT.get(name))
			.flatMap(Set::stream)
			.toArray(String[]::new);
		ArchRule rule = ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(name)
			.should()
			.onlyDependOnClassesThat(knownOrPrimitive(known));
		rule.check(classes);
	}

	private static DescribedPredicate<JavaClass> knownOrPrimitive(String[] packages) {
		return resideInAnyPackage(packages).or(DescribedPredicate.describe("are primitive", (type) -> {
			JavaClass component = type.getBaseComponentType();
			return component.isPrimitive() || resideInAnyPackage(packages).test(component);
		}));
	}

	/**
	 * Of the core, a store knows what the port mentions.
	 */
	@Test
	void aStoreKnowsThePortAlone() {
		Set<String> port = new TreeSet<>(Set.of(NotSentException.class.getName(), RefusedException.class.getName(),
				DeniedException.class.getName()));
		collectFrom(classes.get(LockStore.class), port);
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage("io.dlock.redis")
			.should()
			.dependOnClassesThat(resideInAnyPackage("io.dlock.core")
				.and(DescribedPredicate.describe("are not of the port", (type) -> !port.contains(type.getName()))))
			.check(classes);
	}

	private static void collectFrom(JavaClass type, Set<String> port) {
		if (type.getPackageName().equals("io.dlock.core") && port.add(type.getName())) {
			type.getMethods()
				.stream()
				.flatMap((method) -> method.getAllInvolvedRawTypes().stream())
				.forEach((mentioned) -> collectFrom(mentioned, port));
			type.getSubclasses()
				.stream()
				.filter((kind) -> kind.getName().startsWith(type.getName() + "$"))
				.forEach((kind) -> collectFrom(kind, port));
		}
	}

	/**
	 * Who reads it shows it to people, or keeps the locks of one process, whose tokens go
	 * on growing when it goes back.
	 */
	@Test
	void noDecisionDependsOnTheWallClock() {
		Set<String> mayRead = Set.of("HeldLease", "LeasingLockRegistry", "Availability", "LocalLocks", "JdbcFence");
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage("io.dlock", "io.dlock.core", "io.dlock.redis")
			.and(DescribedPredicate.describe("have no use for it", (type) -> !mayRead.contains(type.getSimpleName())))
			.should()
			.accessTargetWhere(DescribedPredicate.describe("it is the wall clock",
					(access) -> isWallClock(access.getTargetOwner().getName(), access.getName())))
			.check(classes);
	}

	private static boolean isWallClock(String owner, String name) {
		return (owner.equals("java.lang.System") && name.equals("currentTimeMillis")) || owner.equals("java.time.Clock")
				|| (owner.startsWith("java.time.") && name.equals("now"))
				|| (owner.equals("java.util.Date") && name.equals("<init>"));
	}

	@Test
	void thePackagesHaveNoCycle() {
		SlicesRuleDefinition.slices().matching("(io.dlock..)").should().beFreeOfCycles().check(classes);
	}

	@ParameterizedTest
	@MethodSource("packages")
	void aPackageIsNullMarked(String name) throws ClassNotFoundException {
		assertThat(Class.forName(name + ".package-info").getPackage().isAnnotationPresent(NullMarked.class)).isTrue();
	}

}
