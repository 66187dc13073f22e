package io.dlock;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Makes fencing tokens count in a database: remembers, in a table, the greatest token
 * that has written under each key, and refuses the holder of a smaller one, who has lost
 * the lock without noticing. <pre>
 * CREATE TABLE dlock_fence (name VARCHAR(255) PRIMARY KEY, token BIGINT NOT NULL)
 * </pre> Call {@link #enter} first in the transaction that writes. The row of the key
 * stays locked until that ends, so that holders write one after the other, in the order
 * of their tokens; whoever comes too late fails, and its transaction is to be rolled
 * back. <pre>
 * fence.enter(connection, lease);
 * accounts.update(connection, balance);
 * connection.commit();
 * </pre>
 * <p>
 * Only standard SQL is used. The very first writes under a key may collide, and one of
 * them fails with the database's own exception. Safe for use by many threads.
 */
public final class JdbcFence {

	private final String table;

	/**
	 * A fence.
	 * @param table the name of the table, as it is to be written in a statement; it has
	 * the columns {@code name} and {@code token}
	 */
	public JdbcFence(String table) {
		if (!table.matches("[\\w.$]+")) {
			throw new IllegalArgumentException("'" + table + "' is not the plain name of a table");
		}
		this.table = table;
	}

	/**
	 * Lets a lease through, unless a later one has come before it. To be called once in
	 * the transaction, before it writes anything else.
	 * @param connection the connection that writes, which does not commit by itself
	 * @param lease under which it writes
	 * @throws LeaseLostException when a later lease has written, or this one is known to
	 * be lost
	 * @throws IllegalMonitorStateException when the lease was released
	 * @throws IllegalStateException when the connection commits by itself
	 * @throws SQLException when the database refuses
	 */
	public void enter(Connection connection, Lease lease) throws SQLException {
		if (connection.getAutoCommit()) {
			throw new IllegalStateException("The connection commits by itself, so that nothing would keep a later"
					+ " holder from writing between this and the write: begin a transaction first");
		}
		lease.requireValid();
		if (!raise(connection, lease)) {
			if (isKnown(connection, lease.key())) {
				throw new LeaseLostException(lease.key(), lease.fencingToken(), LossCause.TAKEN, Instant.now());
			}
			insert(connection, lease);
		}
	}

	private boolean raise(Connection connection, Lease lease) throws SQLException {
		try (PreparedStatement update = connection
			.prepareStatement("UPDATE " + this.table + " SET token = ? WHERE name = ? AND token <= ?")) {
			update.setLong(1, lease.fencingToken());
			update.setString(2, lease.key());
			update.setLong(3, lease.fencingToken());
			return update.executeUpdate() == 1;
		}
	}

	private boolean isKnown(Connection connection, String key) throws SQLException {
		try (PreparedStatement select = connection
			.prepareStatement("SELECT token FROM " + this.table + " WHERE name = ?")) {
			select.setString(1, key);
			try (ResultSet row = select.executeQuery()) {
				return row.next();
			}
		}
	}

	private void insert(Connection connection, Lease lease) throws SQLException {
		try (PreparedStatement insert = connection
			.prepareStatement("INSERT INTO " + this.table + " (name, token) VALUES (?, ?)")) {
			insert.setString(1, lease.key());
			insert.setLong(2, lease.fencingToken());
			insert.executeUpdate();
		}
	}

}
