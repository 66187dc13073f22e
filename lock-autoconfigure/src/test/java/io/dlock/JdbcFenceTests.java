package io.dlock;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.dlock.core.LeaseSettings;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.LocalLockStore;
import io.dlock.core.LockObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link JdbcFence}, on a real database.
 */
class JdbcFenceTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final LeasingLockRegistry locks = new LeasingLockRegistry(new LocalLockStore(System::nanoTime),
			new LeaseSettings("bank", Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(100),
					Duration.ofSeconds(2)),
			new LockObserver() {
			});

	private final JdbcFence fence = new JdbcFence("dlock_fence");

	private @Nullable Connection keptOpen;

	@BeforeEach
	void createTables() throws SQLException {
		this.locks.start();
		this.keptOpen = connect();
		try (Statement statement = this.keptOpen.createStatement()) {
			statement.execute("CREATE TABLE dlock_fence (name VARCHAR(255) PRIMARY KEY, token BIGINT NOT NULL)");
			statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)");
			statement.execute("INSERT INTO account VALUES (1, 100)");
		}
		this.keptOpen.commit();
	}

	@AfterEach
	void dropTables() throws SQLException {
		this.locks.stop(SOON);
		if (this.keptOpen != null) {
			try (Statement statement = this.keptOpen.createStatement()) {
				statement.execute("SHUTDOWN");
			}
		}
	}

	@Test
	void holdersWriteOneAfterTheOther() throws Exception {
		for (int balance = 1; balance <= 3; balance++) {
			try (Lease lease = this.locks.get("account:1").acquire()) {
				write(lease, balance);
				write(lease, balance + 10);
			}
		}
		assertThat(balance()).isEqualTo(13);
	}

	/**
	 * The former holder believes to hold the lock still: it stands still between its last
	 * look at the lease and its write.
	 */
	@Test
	void aStaleHolderIsRefused() throws Exception {
		Lease stale = this.locks.get("account:1").acquire();
		Lease believed = new Believed(stale);
		write(believed, 50);
		stale.close();
		try (Lease lease = this.locks.get("account:1").acquire()) {
			write(lease, 70);
		}
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> write(believed, 60))
			.withMessageContaining("account:1");
		assertThat(balance()).isEqualTo(70);
	}

	@Test
	void aLaterHolderWaitsForTheTransactionOfAnEarlierOne() throws Exception {
		Lease early = this.locks.get("account:1").acquire();
		write(early, 1);
		Lease believed = new Believed(early);
		try (Connection open = connect()) {
			this.fence.enter(open, believed);
			early.close();
			Lease late = this.locks.get("account:1").acquire();
			CompletableFuture<Void> written = CompletableFuture.runAsync(() -> writeUnchecked(late, 3));
			update(open, 2);
			open.commit();
			assertThat(written).succeedsWithin(SOON);
		}
		assertThat(balance()).isEqualTo(3);
	}

	@Test
	void aLeaseThatHasEndedIsNotLetThrough() throws Exception {
		Lease lease = this.locks.get("account:1").acquire();
		lease.close();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> write(lease, 60));
	}

	@Test
	void withoutATransactionItIsOfNoUse() throws Exception {
		try (Connection connection = connect(); Lease lease = this.locks.get("account:1").acquire()) {
			connection.setAutoCommit(true);
			assertThatIllegalStateException().isThrownBy(() -> this.fence.enter(connection, lease));
		}
	}

	@Test
	void aTableIsNamedPlainly() {
		assertThatIllegalArgumentException().isThrownBy(() -> new JdbcFence("t; DROP TABLE account"));
	}

	private void writeUnchecked(Lease lease, int balance) {
		try {
			write(lease, balance);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void write(Lease lease, int balance) throws SQLException {
		try (Connection connection = connect()) {
			this.fence.enter(connection, lease);
			update(connection, balance);
			connection.commit();
		}
	}

	private static void update(Connection connection, int balance) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.executeUpdate("UPDATE account SET balance = " + balance + " WHERE id = 1");
		}
	}

	private static int balance() throws SQLException {
		try (Connection connection = connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT balance FROM account WHERE id = 1")) {
			row.next();
			return row.getInt(1);
		}
	}

	private static Connection connect() throws SQLException {
		Connection connection = DriverManager.getConnection("jdbc:h2:mem:bank;LOCK_TIMEOUT=20000");
		connection.setAutoCommit(false);
		return connection;
	}

	/**
	 * A lease that is valid in the eyes of its holder.
	 */
	private static final class Believed implements Lease {

		private final Lease lease;

		private Believed(Lease lease) {
			this.lease = lease;
		}

		@Override
		public String key() {
			return this.lease.key();
		}

		@Override
		public long fencingToken() {
			return this.lease.fencingToken();
		}

		@Override
		public boolean isValid() {
			return true;
		}

		@Override
		public Duration remaining() {
			return Duration.ofSeconds(1);
		}

		@Override
		public void requireValid() {
		}

		@Override
		public void onLost(Consumer<LossCause> listener) {
		}

		@Override
		public void close() {
		}

	}

}
