package io.dlock.redis;

import java.util.List;

/**
 * A rule of the scripts, where it stands, what stands there when it is taken out, and the
 * test that fails then. Rules of the long way are taken out where there is no short one.
 */
enum ScriptRule {

	A_KEY_HAS_ONE_HOLDER("acquire.lua", "if HELD and not yields then", "if false then",
			"RedisLockStoreTests.tellsATryWhoHoldsTheKey"),

	AN_ASK_OF_THE_HOLDER_REFRESHES_ITS_TTL("acquire.lua", "if IS_HOLDER then",
			"if IS_HOLDER then do return { 'granted', HELD.first, HELD.count } end",
			"RedisLockStoreTests.beginsTheTtlAnewWhenAGrantAsksAgain"),

	A_TRY_IS_NOT_HELD_UP_BY_THE_DEAD("acquire.lua", "heir, dead = first_living(yields and 'pass' or 'end')",
			"heir, dead = first_living(yields and 'pass' or 'end') "
					+ "if not WAITS and dead[1] then return { 'held', dead[1], '1' } end",
			"RedisLockStoreTests.doesNotLetADeadEntryHoldUpATry"),

	A_TRY_DOES_NOT_OVERTAKE_THE_LIVING("acquire.lua", "heir, dead = first_living(yields and 'pass' or 'end')",
			"heir, dead = nil, {}", "RedisLockStoreTests.doesNotLetATryOvertakeALivingEntry"),

	AN_EARLIER_GRANT_REPLACES_NO_LATER_ONE("queue.lua", "local SUPERSEDED = MINE and MINE.counter > COUNTER",
			"local SUPERSEDED = false", "RedisLockStoreTests.doesNotPutAnEarlierGrantInThePlaceOfALaterOne"),

	A_LATER_GRANT_KEEPS_THE_PLACE("acquire.lua", "'ZADD', QUEUE, 'NX', ", "'ZADD', QUEUE, ",
			"RedisLockStoreTests.putsALaterGrantInThePlaceOfAnEarlierOne"),

	A_YIELD_GIVES_UP_ITS_OWN_GRANT_ONLY("acquire.lua", " and HELD.id == ARGV[6]", "",
			"RedisLockStoreTests.repeatsAYieldWithoutHarmToTheNextHolder"),

	THE_LIVING_WERE_SEEN_WITHIN_THEIR_TTL("queue.lua", " and NOW_MS - entry.seen <= entry.ttl", "",
			"RedisLockStoreTests.skipsAWaiterThatWasNotSeenWithinItsTtl"),

	THE_LIVING_ARE_CONNECTED("queue.lua", "return subscribers.err ~= nil or subscribers[2] > 0", "return true",
			"RedisLockStoreTests.skipsAWaiterThatHasStopped"),

	A_REFUSED_PUBSUB_DROPS_NOBODY("queue.lua", "return subscribers.err ~= nil or subscribers[2] > 0",
			"return subscribers.err == nil and subscribers[2] > 0", "ProtocolTests.dropsNobodyWhenPubsubIsRefused"),

	WHO_POLLS_NEED_NOT_LISTEN("queue.lua", "(not entry.listens or connected(entry))", "connected(entry)",
			"ProtocolTests.handsOverToAPollingEntryWhoseChannelNobodyListensTo"),

	WHO_POLLS_IS_NOT_TOLD("queue.lua", "if not entry.listens then\n    return ''", "if false then\n    return ''",
			"ProtocolTests.handsOverToAPollingEntryWithoutAPush"),

	ONE_SCRIPT_CLEARS_FEW_OF_THE_DEAD("queue.lua", "local MAX_DEAD = 32", "local MAX_DEAD = 1000",
			"ProtocolTests.clearsAtMost32DeadEntriesInOneRun"),

	A_TOKEN_IS_GREATER_THAN_THE_FENCE("tokens.lua", "local LAST_TOKEN = FENCED", "local LAST_TOKEN = 0",
			"ProtocolTests.issuesGreaterTokensThanTheLastEvenIfTheClockHasGoneBack"),

	A_TOKEN_IS_GREATER_THAN_THE_HOLDERS("queue.lua", "math.max(LAST_TOKEN, HELD and HELD.last or 0)", "LAST_TOKEN",
			"ProtocolTests.issuesGreaterTokensThanTheHoldersEvenIfTheFenceHasGone"),

	A_TOKEN_FOLLOWS_THE_CLOCK("tokens.lua", "math.max(LAST_TOKEN + 1, NOW_US, seen + 1)",
			"math.max(LAST_TOKEN + 1, seen + 1)", "ProtocolTests.issuesTokensFromTheTimeOfRedisInMicroseconds"),

	A_TOKEN_IS_GREATER_THAN_WHAT_THE_ASKER_HAS_SEEN("tokens.lua", "math.max(LAST_TOKEN + 1, NOW_US, seen + 1)",
			"math.max(LAST_TOKEN + 1, NOW_US)", "RedisLockStoreTests.issuesTokensGreaterThanAnyThatTheAskerHasSeen"),

	THE_FENCE_KEEPS_ITS_TTL("tokens.lua", "3 * ttl, FENCE_LEFT_MS", "3 * ttl",
			"ProtocolTests.neverShortensTheTimeThatTheFenceIsKept"),

	A_RELEASE_COMPARES_THE_HOLDER("release.lua", "if not IS_HOLDER then", "if not HELD then",
			"RedisLockStoreTests.releasesNothingOfOthers"),

	A_RELEASE_LEAVES_A_LATER_GRANT_IN_THE_QUEUE("release.lua", "if MINE and MINE.counter == COUNTER then",
			"if MINE then", "RedisLockStoreTests.keepsALaterGrantInTheQueueWhenAnEarlierOneIsReleased"),

	A_HAND_OVER_BEGINS_WITH_WHAT_IS_PERMITTED_WITHOUT_MEMORY("queue.lua",
			"  remove(dead)\n  entry.first = grant(entry.instance .. ':' .. text(entry.counter), entry.ttl, entry.tokens, seen)",
			"  entry.first = grant(entry.instance .. ':' .. text(entry.counter), entry.ttl, entry.tokens, seen)\n  remove(dead)",
			"ForeignValueTests.doesNotStopHalfWayWhenRedisIsOutOfMemory"),

	A_RELEASE_BEGINS_WITH_WHAT_IS_PERMITTED_WITHOUT_MEMORY("release.lua",
			"redis.call('DEL', LOCK)\nremove(dead)\ntouch_fence(0)", "touch_fence(0)\nredis.call('DEL', LOCK)",
			"ForeignValueTests.doesNotStopHalfWayWhenRedisIsOutOfMemory"),

	THE_SHORT_WAY_TO_A_LOCK_IS_FOR_A_FREE_ONE("acquire-short.lua", "'EXISTS', lock, queue", "'EXISTS', queue",
			"RedisLockStoreTests.tellsATryWhoHoldsTheKey"),

	THE_SHORT_WAY_TO_A_LOCK_OVERTAKES_NOBODY("acquire-short.lua", "'EXISTS', lock, queue", "'EXISTS', lock",
			"RedisLockStoreTests.doesNotLetATryOvertakeALivingEntry"),

	THE_SHORT_WAY_TO_A_LOCK_CLAIMS_NO_TICK("acquire-alone.lua", "if not ARGV[6] then", "if true then",
			"RedisLockStoreJobsTests.givesATickOnceAndTellsWhoHadIt"),

	A_TOKEN_OF_THE_SHORT_WAY_IS_GREATER_THAN_THE_FENCE("take.lua", "math.max(last + 1, now_us, seen_token + 1)",
			"math.max(now_us, seen_token + 1)",
			"ProtocolTests.issuesGreaterTokensThanTheLastEvenIfTheClockHasGoneBack"),

	A_TOKEN_OF_THE_SHORT_WAY_FOLLOWS_THE_CLOCK("take.lua", "math.max(last + 1, now_us, seen_token + 1)",
			"math.max(last + 1, seen_token + 1)", "ProtocolTests.issuesTokensFromTheTimeOfRedisInMicroseconds"),

	A_TOKEN_OF_THE_SHORT_WAY_IS_GREATER_THAN_WHAT_THE_ASKER_HAS_SEEN("take.lua",
			"math.max(last + 1, now_us, seen_token + 1)", "math.max(last + 1, now_us)",
			"RedisLockStoreTests.issuesTokensGreaterThanAnyThatTheAskerHasSeen"),

	THE_SHORT_WAY_TRUSTS_NO_FENCE_THAT_IS_NO_TOKEN("take.lua", "if last and (last < 0 or ", "if false and (",
			"ProtocolTests.doesNotTrustAFenceThatIsNoToken"),

	THE_FENCE_KEEPS_ITS_TTL_THE_SHORT_WAY("take.lua", "if fence_left_ms < kept - 2000 then", "if true then",
			"ProtocolTests.neverShortensTheTimeThatTheFenceIsKept"),

	THE_SHORT_WAY_INTO_THE_QUEUE_IS_FOR_WHO_WAITS("acquire-short.lua", " and mode ~= 'T'", "",
			"RedisLockStoreTests.tellsATryWhoHoldsTheKey"),

	THE_SHORT_WAY_INTO_THE_QUEUE_IS_FOR_OTHERS_THAN_THE_HOLDER("acquire-short.lua", "holder ~= me and ", "",
			"RedisLockStoreTests.beginsTheTtlAnewWhenAGrantAsksAgain"),

	THE_SHORT_WAY_INTO_THE_QUEUE_REPLACES_NOBODY("acquire-short.lua", "redis.pcall('HGET', waiting, me) == false",
			"true", "RedisLockStoreTests.doesNotPutAnEarlierGrantInThePlaceOfALaterOne"),

	THE_SHORT_WAY_INTO_THE_QUEUE_LEAVES_THE_DEAD_TO_THE_LONG_ONE("acquire-short.lua", "if all_live then",
			"if true then", "ProtocolTests.prunesDeadEntriesAtTheHeadWhileTheLockIsHeld"),

	THE_SHORT_WAY_INTO_THE_QUEUE_KEEPS_IT_FOR_THE_LONGEST("acquire-short.lua",
			"math.max(ttl, redis.call('PTTL', queue))", "ttl",
			"ProtocolTests.keepsTheQueueForAsLongAsAnEntryInItLives"),

	A_KEY_IS_THERE_UNTIL_ITS_LAST_MILLISECOND_IS_OVER("acquire.lua", "left_ms * 1000 + 1000 - ", "left_ms * 1000 - ",
			"ProtocolTests.tellsWhenTheKeyOfTheHolderWillHaveGone"),

	A_KEY_IS_THERE_UNTIL_ITS_LAST_MILLISECOND_IS_OVER_THE_SHORT_WAY("acquire-short.lua", "left_ms * 1000 + 1000 - ",
			"left_ms * 1000 - ", "ProtocolTests.tellsWhenTheKeyOfTheHolderWillHaveGone"),

	THE_MARK_OF_THE_SHORT_WAY_KNOWS_THE_HOLDERS_TOKENS("acquire-short.lua", "math.max(last, first + count - 1)", "last",
			"ProtocolTests.issuesGreaterTokensThanTheHoldersEvenIfTheFenceHasGone"),

	THE_MARK_OF_THE_SHORT_WAY_KNOWS_THE_FENCE("acquire-short.lua", "math.max(last, first + count - 1)",
			"first + count - 1", "ProtocolTests.marksTheLastTokenThatTheFenceKnowsOf"),

	THE_SHORT_WAY_OF_A_RELEASE_COMPARES_THE_HOLDER("release-short.lua", "string.sub(value, 1, #mine) == mine", "true",
			"RedisLockStoreTests.releasesOnceHoweverOftenItIsAsked"),

	THE_SHORT_WAY_OF_A_RELEASE_LEAVES_NOBODY_WAITING("release-short.lua", "'EXISTS', queue, job", "'EXISTS', job",
			"RedisLockStoreTests.handsOverToTheFirstInTheQueueAndTellsIt"),

	THE_SHORT_WAY_OF_A_RELEASE_OWES_NOTHING("release-short.lua", "'EXISTS', queue, job", "'EXISTS', queue",
			"RedisLockStoreJobsTests.keepsAKeyTakenForAsLongAsAJobWants"),

	THE_SHORT_WAY_OF_A_RELEASE_LEAVES_THE_FENCE_RIGHT("release-short.lua",
			"if last and fenced ~= string.format('%.0f', last) then", "if false then",
			"ProtocolTests.raisesAFenceThatIsBehindTheGrantWhenItIsReleased"),

	THE_SHORT_WAY_OF_A_HAND_OVER_OWES_NOTHING("release-short.lua", "others == 1 and ", "",
			"ProtocolTests.handsNothingOverThatAJobKeepsTaken"),

	THE_SHORT_WAY_OF_A_HAND_OVER_LEADS_TO_WHO_WAS_SEEN_WITHIN_ITS_TTL("release-short.lua",
			"math.floor(now_us / 1000) - seen <= tonumber(ttl_ms)", "true",
			"RedisLockStoreTests.skipsAWaiterThatWasNotSeenWithinItsTtl"),

	THE_SHORT_WAY_OF_A_HAND_OVER_LEADS_TO_WHO_IS_CONNECTED("release-short.lua", "subscribers[2] > 0", "true",
			"RedisLockStoreTests.skipsAWaiterThatHasStopped"),

	THE_SHORT_WAY_OF_A_HAND_OVER_TELLS_NOBODY_WHO_POLLS("release-short.lua", "(%d+) L$'", "(%d+) [LP]$'",
			"ProtocolTests.handsOverToAPollingEntryWithoutAPush"),

	THE_SHORT_WAY_OF_A_HAND_OVER_BEGINS_WITH_WHAT_IS_PERMITTED_WITHOUT_MEMORY("release-short.lua",
			"redis.call('ZREM', queue, heir)",
			"redis.call('SET', lock, value, 'KEEPTTL') redis.call('ZREM', queue, heir)",
			"ForeignValueTests.doesNotStopHalfWayWhenRedisIsOutOfMemory"),

	MANY_RELEASES_COMPARE_EACH_HOLDER("together.lua", "if last_of(values[n], values[R + n], ARGV[2 + n]) then",
			"if true then", "TogetherTests.freesWhatItsGrantHolds"),

	MANY_RELEASES_LEAVE_NOBODY_WAITING("together.lua", "KEYS, 2 * R + 1, 4 * R", "KEYS, 3 * R + 1, 4 * R",
			"TogetherTests.queuesBehindAnotherAndHandsOverToIt"),

	MANY_RELEASES_OWE_NOTHING("together.lua", "KEYS, 2 * R + 1, 4 * R", "KEYS, 2 * R + 1, 3 * R",
			"TogetherTests.keepsAKeyTakenForAsLongAsAJobWants"),

	MANY_ACQUIRES_GO_ON_FROM_THE_FENCE_OF_EACH("together.lua", "told_by(fences[n])", "told_by(fences[1])",
			"TogetherTests.goesOnFromTheFenceOfEachLock"),

	A_TOKEN_IS_WRITTEN_AS_IT_IS("take.lua", "if token ~= written then", "if not written then",
			"TogetherTests.goesOnFromTheFenceOfEachLock"),

	MANY_ACQUIRES_TAKE_WHAT_IS_FREE("together.lua", "KEYS, ACQUIRES + 1, ACQUIRES + 2 * A",
			"KEYS, ACQUIRES + A + 1, ACQUIRES + 2 * A", "TogetherTests.sendsAloneWhatIsMoreThanItKnows"),

	MANY_ACQUIRES_OVERTAKE_NOBODY("together.lua", "KEYS, ACQUIRES + 1, ACQUIRES + 2 * A",
			"KEYS, ACQUIRES + 1, ACQUIRES + A", "TogetherTests.overtakesNobody"),

	A_RENEWAL_COMPARES_THE_ID("renew.lua", "if holder ~= id then", "if false then",
			"RedisLockStoreTests.doesNotRenewWhatAnotherHolds"),

	A_RENEWAL_COMPARES_THE_TOKEN("renew.lua", "if token ~= first then", "if false then",
			"RedisLockStoreTests.doesNotRenewAnIdThatWasGrantedAnewWithAnotherToken"),

	A_RENEWAL_TAKES_A_FOREIGN_VALUE_FOR_A_HOLDER("renew.lua", "redis.pcall('GET', lock)", "redis.call('GET', lock)",
			"ForeignValueTests.renewsTheOthersWhenOneKeyIsOfAnotherType"),

	ONE_RENEWAL_STARVES_NO_OTHER("renew.lua", "local done, verdict = pcall(renew, ",
			"local done, verdict = true, renew(", "ForeignValueTests.renewsTheOthersWhenRedisRefusesOne"),

	THE_FENCE_IS_KEPT_FOR_LONG_ENOUGH_THE_SHORT_WAY("take.lua", "kept - 2000", "kept - 3000",
			"ProtocolTests.leavesTheFenceItsTtlForNoMoreThanTwoSeconds"),

	THE_FENCE_OUTLIVES_THE_LOCK_BY_A_MINUTE("take.lua", "math.max(60000 + ttl, 3 * ttl)", "math.max(60000, 3 * ttl)",
			"ProtocolTests.leavesTheFenceForAMinuteWhenTheLockIsGivenBackAtTheEndOfItsTtl"),

	THE_FENCE_OF_A_RENEWED_LOCK_IS_KEPT_FOR_LONG_ENOUGH("renew.lua", "kept - SPARED_MS", "kept - 3000",
			"ProtocolTests.leavesTheFenceItsTtlForNoMoreThanTwoSeconds"),

	A_RENEWAL_IS_A_WRITE("renew.lua", "redis.call('PEXPIRE', lock, left_ms > tonumber(ttl) and left_ms or ttl)",
			"if left_ms < tonumber(ttl) then redis.call('PEXPIRE', lock, ttl) end",
			"ProtocolTests.writesWithEveryRenewalForTheReplicasToAcknowledge"),

	A_LOCK_WITHOUT_MEMORY_IS_RESTORED("renew.lua", "if redis.call('EXISTS', fence) == 0 then", "if false then",
			"RedisLockStoreTests.restoresARenewedGrantOfWhichAllMemoryIsLost"),

	A_LOCK_OF_WHICH_ONLY_THE_LAST_IS_FORGOTTEN_IS_RESTORED("renew.lua", "return tonumber(fenced) < tonumber(first)",
			"return false", "ProtocolTests.restoresARenewedGrantWhereOnlyThatIsForgotten"),

	A_LOCK_WHOSE_FENCE_IS_NO_TOKEN_IS_NOT_RESTORED("renew.lua", "not string.find(fenced, '^%d+$')", "false",
			"ProtocolTests.restoresNothingWhereTheFenceIsNoToken"),

	A_LOCK_THAT_WAS_DELETED_IS_NOT_RESTORED("renew.lua", "if not forgotten(fence, grant) then", "if false then",
			"RedisLockStoreTests.doesNotRenewWhatHasExpired"),

	THE_RESTORED_FENCE_IS_THE_END_OF_THE_BLOCK("renew.lua", "return text(first + count - 1)", "return text(first)",
			"ProtocolTests.restoresTheFenceAtTheEndOfTheBlock");

	private final String file;

	private final String text;

	private final String without;

	private final String test;

	ScriptRule(String file, String text, String without, String test) {
		this.file = file;
		this.text = text;
		this.without = without;
		this.test = test;
	}

	AlteredScripts takenOut() {
		return AlteredScripts.with(AlteredScripts.isShortWay(this.file)).replacing(this.file, this.text, this.without);
	}

	/** The test that holds the rule. */
	String test() {
		return this.test;
	}

	/** Tests of the same scripts that hold other rules. */
	List<String> unconcerned() {
		return List.of("RedisLockStoreTests.saysWhoHoldsAKey", this.file.equals("renew.lua")
				? "RedisLockStoreTests.letsTheTtlBeginAnewWhenRenewed" : "RedisLockStoreTests.grantsAFreeKey");
	}

}
