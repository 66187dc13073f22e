/*
 * The lock protocol of dlock, for one key: a model for Spin. README.md says how to run it,
 * what it covers and what it leaves out.
 *
 * Instances send commands to Redis, which answers and pushes grants. Each script in Redis
 * and each reaction of an instance is one atomic step (d_step). Between any two steps time
 * may pass, messages may wait as long as they like, and faults may happen, as far as the
 * run allows. So what is checked depends on no timing, except in PROMPT runs.
 *
 * What must hold is an assert with a number:
 *   (1)  no two leases are valid at once
 *   (2)  tokens grow from grant to grant, also over a loss of data
 *   (3)  tokens grow from valid lease to valid lease
 *   (4)  only the newest grant is kept alive for somebody who counts on it
 *   (5)  a lease that has run out never becomes valid again
 *   (6)  whoever is told "queued" has a place in the queue
 *   (7)  a hand-over never passes by a waiter that lives
 *   (8)  a try is refused only when somebody has the key
 *   (9)  first come, first served, among those who live                    (FAIRNESS)
 *   (10) the key never stays with an instance that does not want it, with
 *        nothing under way that will give it back                          (ORPHANS)
 *   (11) nobody waits for long while nobody has the key                     (PROMPT)
 *   (12) a dead waiter gets nothing once it was not seen for its TTL
 *
 * BUG_... takes one rule of the protocol out: then Spin must find an error.
 */

/* ------------------------------------------------------------------- bounds of a run */

#ifndef INSTANCES
#define INSTANCES 2         /* or 3 */
#endif
#ifndef IDS
#define IDS 1               /* grant ids that an instance may use up, at most 3 */
#endif
#ifndef TTL
#define TTL 2               /* in ticks of the clock */
#endif
#ifndef END
#define END 5               /* the clock stops here; it starts at 1 */
#endif
#ifndef IN_FLIGHT
#define IN_FLIGHT 2         /* commands and replies of one instance under way at once */
#endif
#ifndef BLOCK
#define BLOCK 1             /* tokens of a grant */
#endif
#ifndef TICK
#define TICK 0              /* how far Redis' TIME, which tokens follow, moves in a tick */
#endif
#ifndef POLLERS
#define POLLERS 0           /* the last so many instances poll instead of listening */
#endif
#ifndef MEMORY_LOSSES
#define MEMORY_LOSSES 0     /* Redis restarts empty */
#endif
#ifndef FAILOVERS
#define FAILOVERS 0         /* Redis falls back to an older state */
#endif
#ifndef DELETIONS
#define DELETIONS 0         /* somebody deletes the lock by hand */
#endif
#ifndef IDLE_MAX
#define IDLE_MAX 0          /* the bound of (11), in ticks */
#endif

/* Grant ids are numbers from 1; 0 is none. Those of an instance follow each other: a later
   one is greater. */
#define OWNER(id)      (((id)+IDS-1)/IDS - 1)
#define BIT(id)        (1 << (((id)-1)%IDS))
#define NTH_ID(n, nth) ((n)*IDS + (nth))
#ifdef BUG_ID_ASKED_AGAIN                     /* rule taken out: an id is asked for again after its release */
#define CURRENT_ID(n)  NTH_ID(n, 1)
#else
#define CURRENT_ID(n)  NTH_ID(n, counter[n] + 1)
#endif

/* The TTL of an id never changes; two ids may have different ones. */
#ifdef MIXED_TTLS
#define TTL_OF(id)     (TTL + (id)%2)
#define LONGEST_TTL    (TTL + 1)
#else
#define TTL_OF(id)     TTL
#define LONGEST_TTL    TTL
#endif

mtype = {
  ACQUIRE, TRY, RENEW, RELEASE, YIELD,                    /* commands */
  GRANTED, QUEUED, REFUSED, RENEWED, LOST, RELEASED,      /* replies */
  IDLE, AGAIN, WAITING, TRYING, HOLDING                   /* states of an instance */
};

/* ----------------------------------------------------------------------------- state */

byte now = 1;

/* Redis. */
byte lock, lockToken, lockExpires;            /* the lock's key: grant id, first token, end of its TTL */
byte fence;                                   /* the last token issued */
byte queue[INSTANCES], waiting;               /* the ids in the queue, and how many */
byte seenAt[INSTANCES];                       /* when the entry of an instance was last seen; 0: too long ago */
bool subscribed[INSTANCES];                   /* whether the channel of an instance has its subscriber */

/* The network. Commands: kind, id, when sent, first token or id to be given up. Replies:
   kind, id, when their command was sent, first token or mark. Pushes: id, first token. */
chan commands[INSTANCES] = [IN_FLIGHT] of { mtype, byte, byte, byte };
chan replies[INSTANCES]  = [IN_FLIGHT] of { mtype, byte, byte, byte };
chan pushes[INSTANCES]   = [IDS + 1] of { byte, byte };

/* The instances. */
bool  alive[INSTANCES];
mtype state[INSTANCES];                       /* IDLE; AGAIN: goes on waiting, but has no id yet; ... */
byte  counter[INSTANCES];                     /* the ids used up: these are terminal */
byte  askedAt[INSTANCES];                     /* sending of the ask last answered with "queued"; else of the first */
byte  mark[INSTANCES];                        /* of the last "queued" for this id; 0 if none */
byte  firstToken[INSTANCES], handedOn[INSTANCES];    /* of the grant; and its hand-offs to the next thread */
byte  validUntil[INSTANCES];                  /* 0: has run out */
byte  toRelease[INSTANCES];                   /* terminal ids whose release is to be sent, as bits */
#ifdef PROMPT
byte  lastAsk[INSTANCES];
#endif

/* What only the asserts know. */
bool dataLost;                                /* Redis forgot something: (1) and (3) cannot be asked for */
byte newestFirst, newestLast;                 /* the tokens of the newest grant */
byte lastUsed;                                /* the token of the newest valid lease */

/* Scratch, always written before it is read, and no part of the state. */
hidden mtype kind, verdict;
hidden byte id, sent, extra, token, head, i, j, k, count;

#define ROOM(n)          (len(commands[n]) + len(replies[n]) < IN_FLIGHT)
#define RELEASING(n, id) (commands[n]??[RELEASE,eval(id),_,_] || replies[n]??[RELEASED,eval(id),_,_])
#define WANTED(n, id)    (counter[n] < IDS && (id) == CURRENT_ID(n) && state[n] != IDLE && state[n] != AGAIN)
#define VALID(n)         (alive[n] && state[n] == HOLDING && now < validUntil[n])
#define POLLS(n)         ((n) >= INSTANCES - POLLERS)
#define SEEN(id)         (seenAt[OWNER(id)] && now < seenAt[OWNER(id)] + TTL_OF(id))

/* Whether the owner of an entry lives: as it is, not as Redis sees it. */
#define LIVES(id)        (SEEN(id) && alive[OWNER(id)] && (POLLS(OWNER(id)) || subscribed[OWNER(id)]))

/* ====================================================== what only the asserts need */

inline no_two_valid() {
  i = 0; count = 0;
  do :: i < INSTANCES -> if :: VALID(i) -> count++ :: else fi; i++ :: else -> break od;
  assert(count <= 1 || dataLost)                                                /* (1) */
}

/* The entry is there, or a newer one of the same instance has taken its place, or got the key. */
inline has_a_place(who) {
  i = 0; count = 0;
  do
  :: i < waiting -> if :: OWNER(queue[i]) == OWNER(who) && queue[i] >= who -> count++ :: else fi; i++
  :: else -> break
  od;
  assert(count || (OWNER(lock) == OWNER(who) && lock >= who))                   /* (6) */
}

/* The line as it ought to be, whatever the queue in Redis does. */
#ifdef FAIRNESS
byte lineId[INSTANCES];                       /* the newest id an instance stands in line with; 0: it does not */
byte ahead[INSTANCES];                        /* the instances that were in line before it, as bits */
inline lines_up(who) {
  if
  :: lineId[OWNER(who)] == 0 ->
     i = 0; k = 0;
     do :: i < INSTANCES -> if :: lineId[i] -> k = k | (1 << i) :: else fi; i++ :: else -> break od;
     ahead[OWNER(who)] = k; lineId[OWNER(who)] = who
  :: lineId[OWNER(who)] && lineId[OWNER(who)] < who -> lineId[OWNER(who)] = who
  :: else
  fi
}
inline leaves_the_line(n) {
  lineId[n] = 0; ahead[n] = 0; i = 0;
  do :: i < INSTANCES -> ahead[i] = ahead[i] & (255 - (1 << (n))); i++ :: else -> break od
}
inline gives_up_its_place(who) {
  if :: lineId[OWNER(who)] == who -> leaves_the_line(OWNER(who)) :: else fi
}
inline is_served(who) {
  i = 0;
  do
  :: i < INSTANCES ->
     assert(i == OWNER(who) || !lineId[i] || !LIVES(lineId[i]) || (ahead[i] & (1 << OWNER(who))));   /* (9) */
     i++
  :: else -> break
  od;
  leaves_the_line(OWNER(who))
}
#else
#define lines_up(who)            skip
#define leaves_the_line(n)       skip
#define gives_up_its_place(who)  skip
#define is_served(who)           skip
#endif

inline no_orphan() {
#ifdef ORPHANS
  if
  :: lock && alive[OWNER(lock)] && !WANTED(OWNER(lock), lock) && !(toRelease[OWNER(lock)] & BIT(lock)) ->
     k = OWNER(lock);
     assert(commands[k]??[RELEASE,eval(lock),_,_] || commands[k]??[YIELD,_,_,eval(lock)] || pushes[k]??[eval(lock),_] ||
            replies[k]??[GRANTED,eval(lock),_,_] || replies[k]??[QUEUED,eval(lock),_,_])       /* (10) */
  :: else
  fi
#else
  skip
#endif
}

/* Ticks in a row at whose end somebody waited, and without a valid lease. */
#ifdef PROMPT
byte idle;
inline not_idle_for_long() {
  i = 0; j = 0; k = 0;
  do
  :: i < INSTANCES ->
     if :: VALID(i) -> j++ :: else fi;
     if :: alive[i] && (state[i] == WAITING || state[i] == AGAIN) -> k++ :: else fi;
     i++
  :: else -> break
  od;
  if :: k && !j -> idle++ :: else -> idle = 0 fi;
  assert(idle <= IDLE_MAX)                                                      /* (11) */
}
#define BUSY        idle = 0
#define ASKED(n)    lastAsk[n] = now
#else
#define not_idle_for_long() skip
#define BUSY        skip
#define ASKED(n)    skip
#endif

/* ============================================================== the scripts in Redis */

inline free_lock() {
  lock = 0; lockToken = 0; lockExpires = 0
}

/* TTLs. The clock does this, so that no script ever sees a key that has expired. */
inline expire() {
  if :: lock && now >= lockExpires -> free_lock() :: else fi
}

/* Rule: tokens are max(last + 1, TIME), a block of them for each grant. */
inline grant(who) {
  token = fence + 1;
  if :: now*TICK > token -> token = now*TICK :: else fi;
  assert(token > newestLast);                                                   /* (2) */
  is_served(who);
  fence = token + BLOCK - 1;
  newestFirst = token; newestLast = fence;
  lock = who; lockToken = token; lockExpires = now + TTL_OF(who);
  printf("@%d Redis: grants %d, token %d\n", now, who, token)
}

/* Rule: the queue has one entry per instance, replaced in place, and only by a higher counter.
   An ask is a sign of life, unless a later one of the same instance has come before it. */
#if defined(BUG_ENTRY_STAYS)
#define REPLACES(newer, older)  false
#elif defined(BUG_ENTRY_FALLS_BACK)
#define REPLACES(newer, older)  true
#else
#define REPLACES(newer, older)  (newer > older)
#endif
inline enter(who) {
  i = 0; count = 0;
  do
  :: i < waiting ->
     if
     :: OWNER(queue[i]) == OWNER(who) ->
        count++;
        if :: REPLACES(who, queue[i]) -> queue[i] = who :: else fi;
        if :: queue[i] == who -> seenAt[OWNER(who)] = now :: else fi
     :: else
     fi;
     i++
  :: else -> break
  od;
  if :: count == 0 -> queue[waiting] = who; waiting++; seenAt[OWNER(who)] = now :: else fi;
  lines_up(who)
}

/* Takes out the entry of exactly this id. */
inline remove(who) {
  i = 0; j = 0;
  do
  :: i < waiting ->
     if :: queue[i] == who -> seenAt[OWNER(who)] = 0 :: else -> queue[j] = queue[i]; j++ fi;
     i++
  :: else -> break
  od;
  do :: i > j -> i--; queue[i] = 0 :: else -> break od;
  waiting = j
}

/* Rule: a refused PUBSUB NUMSUB drops nobody. Rule: on a cluster, where it counts the subscribers
   of one server only, last-seen alone decides. (Instance 0 is subscribed at this server.) */
#if defined(BUG_REFUSAL_COUNTS)
#define COUNTED(n)    false
#elif defined(BUG_ONE_SERVER_COUNTS)
#define COUNTED(n)    (subscribed[n] && (n) == 0)
#elif defined(NUMSUB_SAYS_NOTHING)
#define COUNTED(n)    true
#else
#define COUNTED(n)    subscribed[n]
#endif

/* Rule: an entry that polls needs no subscriber. */
#ifdef BUG_POLLER_SKIPPED
#define REACHABLE(n)  COUNTED(n)
#else
#define REACHABLE(n)  (POLLS(n) || COUNTED(n))
#endif

/* Rule: living is who was seen within its own TTL and, if it listens, has a subscriber. */
#ifdef BUG_LAST_SEEN_IGNORED
#define LIVING(id)    REACHABLE(OWNER(id))
#else
#define LIVING(id)    (SEEN(id) && REACHABLE(OWNER(id)))
#endif

inline clear_away(dead) {
  assert(!LIVES(dead));                                                         /* (7) */
  remove(dead);
  leaves_the_line(OWNER(dead))
}

/* Rule: every ask clears away others that were not seen for their TTL. */
inline prune(asker) {
  k = 0;
  do
  :: k < waiting ->
     head = queue[k];
     if :: OWNER(head) != OWNER(asker) && !SEEN(head) -> clear_away(head) :: else -> k++ fi
  :: else -> break
  od
}

/* Rule: the first living entry gets the key; the dead before it are cleared away. A listener is told
   by a push, sent last; one that polls finds itself the holder at its next ask. The asker takes part
   by its own entry, or comes last. */
inline hand_over(asker) {
  free_lock();
  do
  :: waiting == 0 -> break
  :: else ->
     head = queue[0];
     if
     :: OWNER(head) == OWNER(asker) && head <= asker ->
        remove(head);
        grant(asker);
        break
     :: !(OWNER(head) == OWNER(asker) && head <= asker) && LIVING(head) ->
        assert(alive[OWNER(head)] || SEEN(head));                               /* (12) */
        remove(head);
        grant(head);
        if
        :: subscribed[OWNER(head)] ->
           if :: nfull(pushes[OWNER(head)]) -> pushes[OWNER(head)]!head,lockToken :: full(pushes[OWNER(head)]) fi
        :: else
        fi;
        break
     :: else -> clear_away(head)
     fi
  od;
  if :: lock == 0 && asker -> grant(asker) :: else fi
}

inline answer(n, what, value) {
  if :: nfull(replies[n]) -> replies[n]!what,id,sent,value :: full(replies[n]) fi
}

/* Rule: the TTL of an id never changes. Taken out: a second thread asks under the same id, for a
   shorter one. */
#ifdef BUG_TTL_CHANGES
#define ASKED_TTL     (TTL_OF(id) - extra)
#define SHORTER       1
#else
#define ASKED_TTL     TTL_OF(id)
#define SHORTER       0
#endif

/* Rule: who came before goes first. */
inline acquire(n) {
  if
  :: lock == id ->
#ifndef BUG_TTL_NOT_REFRESHED                 /* rule: an ask for what one holds begins the TTL anew */
     lockExpires = now + ASKED_TTL;
#endif
     skip
  :: lock == 0 -> hand_over(id)
  :: else -> prune(id)
  fi;
  if
  :: lock == id -> answer(n, GRANTED, lockToken)
  :: else -> enter(id); has_a_place(id); answer(n, QUEUED, fence)      /* the mark: the last token issued */
  fi
}

/* Rule: a try without waiting overtakes no living entry, and is not held up by dead ones. */
inline try(n) {
  if
  :: lock == id -> lockExpires = now + TTL_OF(id)
  :: lock == 0 ->
#if defined(BUG_TRY_OVERTAKES)
     grant(id)
#elif defined(BUG_TRY_HELD_UP)
     if :: waiting == 0 || LIVING(queue[0]) -> hand_over(id) :: else fi
#else
     hand_over(id)
#endif
  :: else
  fi;
  if
  :: lock == id -> answer(n, GRANTED, lockToken)
  :: else ->
     assert(lock);                                                              /* (8) */
     sent = 0; answer(n, REFUSED, 0)
  fi
}

/* Rule: a release compares the id. It gives up the grant, or the place in the queue. */
#ifdef BUG_RELEASE_NOT_COMPARED
#define HELD_BY(id)   lock
#else
#define HELD_BY(id)   (lock == id)
#endif
inline release(who) {
  gives_up_its_place(who);
  if :: HELD_BY(who) -> hand_over(0) :: else -> remove(who) fi
}

/* Its answer says nothing but that it was executed, and so needs no time here, except for a bug. */
inline answer_release(n) {
#ifdef BUG_ONE_RELEASE
  answer(n, RELEASED, 0)
#else
  skip
#endif
}

/* Rule: a renewal compares the id and the token. Rule: when lock and fence are both gone, Redis has
   lost its memory, and the holder puts back what it knows, the fence at the end of its block. */
#ifdef BUG_TOKEN_NOT_COMPARED
#define SAME_GRANT    (lock == id)
#else
#define SAME_GRANT    (lock == id && lockToken == extra)
#endif
#ifdef BUG_FENCE_IGNORED
#define MEMORY_GONE   (lock == 0)
#else
#define MEMORY_GONE   (lock == 0 && fence == 0)
#endif
#ifdef BUG_FENCE_TOO_LOW
#define BLOCK_END     extra
#else
#define BLOCK_END     (extra + BLOCK - 1)
#endif
inline renew(n) {
  if
  :: SAME_GRANT || MEMORY_GONE ->
     assert(extra == newestFirst || !VALID(n));                                 /* (4) */
     if
     :: lock == 0 ->
        lock = id; lockToken = extra;
        if :: fence < BLOCK_END -> fence = BLOCK_END :: else fi;
        if :: newestLast < extra + BLOCK - 1 -> newestLast = extra + BLOCK - 1 :: else fi
     :: else
     fi;
     lockExpires = now + TTL_OF(id);
     answer(n, RENEWED, 0)
  :: else ->
     sent = 0; answer(n, LOST, 0)
  fi
}

/* Rule: a yield gives up one id and asks for another, in one script. */
inline yield(n) {
#ifdef BUG_YIELD_KEEPS_ID                     /* rule taken out: the same id goes to the end of the queue */
  if :: lock == id && waiting -> enter(id); hand_over(0) :: else fi;
#else
  release(extra);
#endif
  acquire(n)
}

inline execute(n) {
  printf("@%d Redis: %e of %d for id %d (lock %d, fence %d)\n", now, kind, n, id, lock, fence);
  if
  :: kind == ACQUIRE -> acquire(n)
  :: kind == TRY     -> try(n)
  :: kind == RENEW   -> renew(n)
  :: kind == RELEASE -> release(id); answer_release(n)
  :: kind == YIELD   -> yield(n)
  fi
}

/* ===================================================================== the instances */

/* Rule: a release is sent again and again until it is answered. So it is due once more when it, or its
   answer, gets lost (see Connection). */
inline send_release(n, which) {
  commands[n]!RELEASE,which,0,0;
#ifndef BUG_ONE_RELEASE
  toRelease[n] = toRelease[n] & (255 - BIT(which))
#endif
}
inline to_be_released(n, which) {
  toRelease[n] = toRelease[n] | BIT(which);
  if :: ROOM(n) && !RELEASING(n, which) -> send_release(n, which) :: else fi
}

/* Rule: an id is terminal once it has been given up: it is never asked for again, and nothing makes it
   held again. */
inline end_id(n) {
  printf("@%d %d: done with id %d\n", now, n, CURRENT_ID(n));
  state[n] = IDLE; askedAt[n] = 0; mark[n] = 0; firstToken[n] = 0; handedOn[n] = 0; validUntil[n] = 0;
  counter[n]++
}
inline give_up(n) {
  k = CURRENT_ID(n);
  end_id(n);
  to_be_released(n, k)
}

/* The id is given up, the wait goes on under a fresh one. */
inline begin_again(n) {
  give_up(n);
#ifdef PROMPT                                 /* otherwise whoever is idle may ask at any moment anyway */
  if :: counter[n] < IDS -> state[n] = AGAIN :: else fi
#endif
}

/* Rule: a reply or push that says that Redis holds or queues a terminal id is answered with a release. */
inline not_wanted(n) {
#ifdef BUG_UNWANTED_KEPT
  skip
#else
  to_be_released(n, id)
#endif
}

inline ask(n, what, givenUp) {
  commands[n]!what,CURRENT_ID(n),now,givenUp;
  ASKED(n)
}

/* A lease begins, with the next token of the grant. */
inline begin_lease(n) {
  if
  :: !dataLost ->
     assert(firstToken[n] + handedOn[n] > lastUsed);                            /* (3) */
     lastUsed = firstToken[n] + handedOn[n]
  :: else
  fi;
  BUSY;
  no_two_valid()
}

/* Rule: validity counts from before the sending. Whatever has run out when it arrives is given up. */
#ifdef BUG_COUNTS_FROM_ARRIVAL
#define COUNTS_FROM(sent)  now
#else
#define COUNTS_FROM(sent)  sent
#endif
inline hold(n, first, since) {
  if
  :: now < COUNTS_FROM(since) + TTL_OF(id) ->
     validUntil[n] = COUNTS_FROM(since) + TTL_OF(id);
     printf("@%d %d: holds id %d, token %d, until %d\n", now, n, id, first, validUntil[n]);
     state[n] = HOLDING; firstToken[n] = first; handedOn[n] = 0; askedAt[n] = 0; mark[n] = 0;
     begin_lease(n)
  :: else -> begin_again(n)
  fi
}

inline extend(n) {
  if
  :: sent + TTL_OF(id) > validUntil[n] ->
     assert(now < validUntil[n]);                                               /* (5) */
     validUntil[n] = sent + TTL_OF(id)
  :: else
  fi
}

/* Rule: once held, the answer to an ask extends nothing: neither this one nor "queued". */
inline on_granted(n) {
  if
  :: !WANTED(n, id) -> not_wanted(n)
  :: WANTED(n, id) && state[n] == HOLDING -> skip
  :: else -> hold(n, extra, sent)
  fi
}

inline on_queued(n) {
  if
  :: !WANTED(n, id) -> not_wanted(n)
  :: WANTED(n, id) && state[n] == HOLDING ->
#ifdef BUG_QUEUED_EXTENDS
     validUntil[n] = sent + TTL_OF(id); no_two_valid()
#else
     skip
#endif
  :: else ->
     if :: sent > askedAt[n] -> askedAt[n] = sent :: else fi;
     if :: extra > mark[n] -> mark[n] = extra :: else fi
  fi
}

inline on_refused(n) {
  if :: WANTED(n, id) && state[n] == TRYING -> end_id(n) :: else fi
}

/* Rule: nothing extends a grant that has run out. */
inline on_renewed(n) {
  if
#ifdef BUG_RUN_OUT_EXTENDED
  :: WANTED(n, id) -> extend(n)
#else
  :: WANTED(n, id) && now < validUntil[n] -> extend(n)
#endif
  :: else
  fi
}

inline on_lost(n) {
  if :: WANTED(n, id) -> give_up(n) :: else fi
}

inline on_released(n) {
  toRelease[n] = toRelease[n] & (255 - BIT(id))
}

/* Rule: a pushed grant is used if its token is greater than the mark: then it is younger than the sending
   of the ask so answered, and its validity counts from there. An older one is a leftover: given up. */
#ifdef BUG_LEFTOVER_USED
#define LEFTOVER(n)  false
#else
#define LEFTOVER(n)  (token <= mark[n])
#endif
inline on_push(n) {
  printf("@%d %d: push of id %d, token %d (mark %d)\n", now, n, id, token, mark[n]);
  if
  :: !WANTED(n, id) -> not_wanted(n)
  :: WANTED(n, id) && state[n] != WAITING -> skip
  :: WANTED(n, id) && state[n] == WAITING && LEFTOVER(n) -> begin_again(n)
  :: else -> hold(n, token, askedAt[n])
  fi
}

inline react(n) {
  printf("@%d %d: %e for id %d, sent at %d (%d)\n", now, n, verdict, id, sent, extra);
  if
  :: verdict == GRANTED  -> on_granted(n)
  :: verdict == QUEUED   -> on_queued(n)
  :: verdict == REFUSED  -> on_refused(n)
  :: verdict == RENEWED  -> on_renewed(n)
  :: verdict == LOST     -> on_lost(n)
  :: verdict == RELEASED -> on_released(n)
  fi
}

#if defined(BUG_QUEUED_EXTENDS) || defined(BUG_RUN_OUT_EXTENDED) || defined(BUG_YIELD_KEEPS_ID)
#define LATE_BUG true                         /* looks at what tidy() would blot out */
#else
#define LATE_BUG false
#endif

/* Only for fewer states, and without consequences: what nobody will look at any more is blotted out of the
   messages under way, and what would change nothing is taken off the line. */
inline tidy(n) {
#ifndef BUG_ID_ASKED_AGAIN
  i = len(replies[n]);
  do
  :: i > 0 ->
     replies[n]?verdict,id,sent,extra;
     if
     :: !WANTED(n, id) && (verdict == GRANTED || verdict == QUEUED) -> replies[n]!QUEUED,id,0,0
     :: verdict == RELEASED -> replies[n]!verdict,id,0,0
     :: WANTED(n, id) && (state[n] != HOLDING || verdict == LOST || (verdict == RENEWED && validUntil[n]) || LATE_BUG) ->
        if :: sent + LONGEST_TTL <= now -> sent = 0 :: else fi;
        replies[n]!verdict,id,sent,extra
     :: else
     fi;
     i--
  :: else -> break
  od;
  i = len(commands[n]);
  do
  :: i > 0 ->
     commands[n]?kind,id,sent,extra;
     if
     :: sent + LONGEST_TTL <= now || !WANTED(n, id) || (state[n] == HOLDING && kind != RENEW && !LATE_BUG) -> sent = 0
     :: else
     fi;
     commands[n]!kind,id,sent,extra;
     i--
  :: else -> break
  od;
  i = len(pushes[n]);
  do
  :: i > 0 ->
     pushes[n]?id,token;
     if
     :: !WANTED(n, id) || (state[n] == WAITING && LEFTOVER(n)) -> pushes[n]!id,0
     :: WANTED(n, id) && state[n] == WAITING && !LEFTOVER(n) -> pushes[n]!id,token
     :: else
     fi;
     i--
  :: else -> break
  od;
#endif
  skip
}

/* When a waiter asks again. Not while an ask or its answer is under way, unless it is IMPATIENT, as after a
   timeout. In PROMPT runs once a tick. */
#define ASKING(n)           (commands[n]??[ACQUIRE,_,_,_] || commands[n]??[YIELD,_,_,_] || \
                             replies[n]??[GRANTED,_,_,_] || replies[n]??[QUEUED,_,_,_])
#if defined(BUG_ASKS_ONCE)
#define MAY_ASK_AGAIN(n)    false
#elif defined(IMPATIENT)
#define MAY_ASK_AGAIN(n)    true
#elif defined(PROMPT)
#define MAY_ASK_AGAIN(n)    (!ASKING(n) && lastAsk[n] < now)
#else
#define MAY_ASK_AGAIN(n)    (!ASKING(n) && askedAt[n] < now)
#endif

/* PATIENT: nobody gives up waiting. */
#ifdef PATIENT
#define MAY_STOP_WAITING    false
#else
#define MAY_STOP_WAITING    true
#endif

/* What was decided before is sent before, unless it has to be repeated. */
#ifdef LOSSES
#define IN_ORDER(n)         true
#else
#define IN_ORDER(n)         (toRelease[n] == 0)
#endif

#define RELEASE_DUE(n, nth) (IDS >= nth && (toRelease[n] & (1 << (nth-1))) && ROOM(n) && !RELEASING(n, NTH_ID(n, nth)))

#define me _pid             /* the instances come first: theirs are the first process ids */

active [INSTANCES] proctype Instance() {
  d_step { alive[me] = true; subscribed[me] = !POLLS(me); state[me] = IDLE }
  do
  /* ask, ask again, stop waiting */
  :: d_step { alive[me] && (state[me] == IDLE || state[me] == AGAIN) && counter[me] < IDS && ROOM(me) && IN_ORDER(me) ->
       state[me] = WAITING; askedAt[me] = now; ask(me, ACQUIRE, 0) }
  :: d_step { alive[me] && state[me] == WAITING && ROOM(me) && MAY_ASK_AGAIN(me) -> ask(me, ACQUIRE, SHORTER) }
  :: d_step { alive[me] && (state[me] == WAITING || state[me] == TRYING) && MAY_STOP_WAITING -> give_up(me); tidy(me) }
#ifdef TRIES
  /* try without waiting; somebody who does wait may join */
  :: d_step { alive[me] && state[me] == IDLE && counter[me] < IDS && ROOM(me) && IN_ORDER(me) ->
       state[me] = TRYING; askedAt[me] = now; ask(me, TRY, 0) }
  :: d_step { alive[me] && state[me] == TRYING -> state[me] = WAITING }
#endif
  /* renew, hand on to the next thread, end the lease: by a release, or because it is lost */
  :: d_step { (VALID(me) && ROOM(me) && validUntil[me] < now + TTL_OF(CURRENT_ID(me)) &&
               !(commands[me]??[RENEW,_,_,_]) && !(replies[me]??[RENEWED,_,_,_])) ->
       commands[me]!RENEW,CURRENT_ID(me),now,firstToken[me] }
  :: d_step { VALID(me) && handedOn[me] + 1 < BLOCK -> handedOn[me]++; begin_lease(me) }
  :: d_step { alive[me] && state[me] == HOLDING -> give_up(me); tidy(me) }
#ifdef YIELDS
  /* yield */
#ifdef BUG_YIELD_KEEPS_ID
  :: d_step { VALID(me) && ROOM(me) ->
       state[me] = WAITING; firstToken[me] = 0; handedOn[me] = 0; validUntil[me] = 0; askedAt[me] = now; ask(me, YIELD, 0) }
#else
  :: d_step { VALID(me) && ROOM(me) && counter[me] + 1 < IDS ->
       k = CURRENT_ID(me); end_id(me); state[me] = WAITING; askedAt[me] = now; ask(me, YIELD, k); tidy(me) }
#endif
#endif
  /* release what is terminal */
  :: d_step { alive[me] && RELEASE_DUE(me, 1) -> send_release(me, NTH_ID(me, 1)) }
  :: d_step { alive[me] && RELEASE_DUE(me, 2) -> send_release(me, NTH_ID(me, 2)) }
  :: d_step { alive[me] && RELEASE_DUE(me, 3) -> send_release(me, NTH_ID(me, 3)) }
#ifdef BUG_RELEASED_WHILE_WANTED              /* rule taken out: an ask whose outcome is unknown is released */
  :: d_step { alive[me] && state[me] == WAITING && ROOM(me) -> commands[me]!RELEASE,CURRENT_ID(me),0,0 }
#endif
  /* hear */
  :: d_step { alive[me] && nempty(replies[me]) -> replies[me]?verdict,id,sent,extra; react(me); no_orphan(); tidy(me) }
  :: d_step { alive[me] && nempty(pushes[me]) -> pushes[me]?id,token; on_push(me); no_orphan(); tidy(me) }
  od
}

/* ======================================================================= the network */

/* LOSSES: any message may get lost. PUSH_LOSSES: pushes only. */
inline is_lost(n) {
  printf("@%d network: loses %e of %d for id %d, or its answer\n", now, kind, n, id);
  if
  :: alive[n] && kind == RELEASE -> toRelease[n] = toRelease[n] | BIT(id)
  :: alive[n] && kind == YIELD   -> toRelease[n] = toRelease[n] | BIT(extra)
  :: else
  fi;
  tidy(n)
}

#define my (_pid - INSTANCES)

/* Redis executes the commands of a connection in the order in which they arrive, one script at a time. */
active [INSTANCES] proctype Connection() {
  do
  :: d_step { nempty(commands[my]) -> commands[my]?kind,id,sent,extra; execute(my); no_orphan(); tidy(my) }
#ifdef LOSSES
  :: d_step { nempty(commands[my]) -> commands[my]?kind,id,sent,extra; is_lost(my) }
  :: d_step { commands[my]?[RELEASE,_,_,_] -> commands[my]?kind,id,sent,extra; execute(my); is_lost(my) }
  :: d_step { nempty(replies[my]) -> replies[my]?verdict,id,sent,extra }
#endif
#if defined(LOSSES) || defined(PUSH_LOSSES)
  :: d_step { nempty(pushes[my]) -> pushes[my]?id,token }
#endif
#ifdef REORDERING
  :: d_step { len(commands[my]) > 1 -> commands[my]?kind,id,sent,extra; commands[my]!kind,id,sent,extra }
  :: d_step { len(replies[my]) > 1 -> replies[my]?verdict,id,sent,extra; replies[my]!verdict,id,sent,extra }
#endif
  od
}

/* ================================================================== time, and faults */

/* A tick. What has passed is forgotten, for fewer states. */
inline pass_time() {
  now++;
  i = 0;
  do
  :: i < INSTANCES ->
     if :: validUntil[i] <= now -> validUntil[i] = 0 :: else fi;
     if :: askedAt[i] + LONGEST_TTL <= now -> askedAt[i] = 0 :: else fi;
     if :: seenAt[i] + LONGEST_TTL <= now -> seenAt[i] = 0 :: else fi;
     i++
  :: else -> break
  od;
  expire();
  tidy(0);
  tidy(1);
#if INSTANCES > 2
  tidy(2);
#endif
  skip
}

/* PROMPT: time passes only when everything sent has arrived and been dealt with, what is terminal has been
   released, and every waiter has asked in this tick. Otherwise it passes at any moment. */
#ifdef PROMPT
#ifdef BUG_ASKS_ONCE
#define ASKED_IN_TIME(n) true
#else
#define ASKED_IN_TIME(n) (state[n] != WAITING || lastAsk[n] == now)
#endif
#define SETTLED(n)  (empty(commands[n]) && (!alive[n] || (empty(replies[n]) && empty(pushes[n]) && toRelease[n] == 0 && \
                     state[n] != AGAIN && state[n] != TRYING && ASKED_IN_TIME(n) && (state[n] != HOLDING || validUntil[n]))))
#else
#define SETTLED(n)  true
#endif
#if INSTANCES > 2
#define ALL_SETTLED (SETTLED(0) && SETTLED(1) && SETTLED(2))
#else
#define ALL_SETTLED (SETTLED(0) && SETTLED(1))
#endif

active proctype Clock() {
  do
  :: d_step { now < END && ALL_SETTLED -> not_idle_for_long(); pass_time(); no_orphan() }
  od
}

/* CRASHES: instance 0 dies, and its connections take any time to close. */
#ifdef CRASHES
active proctype Crash() {
  do
  :: d_step { alive[0] ->
       printf("@%d 0: dies\n", now);
       alive[0] = false;
       state[0] = IDLE; askedAt[0] = 0; mark[0] = 0; firstToken[0] = 0; handedOn[0] = 0; validUntil[0] = 0; toRelease[0] = 0;
       do :: nempty(replies[0]) -> replies[0]?verdict,id,sent,extra :: empty(replies[0]) -> break od;
       do :: nempty(pushes[0]) -> pushes[0]?id,token :: empty(pushes[0]) -> break od;
       tidy(0) }
  :: d_step { !alive[0] && subscribed[0] -> subscribed[0] = false }
  od
}
#endif

/* DISCONNECTS: the subscriptions of 0 and 1 break and come back; a push meanwhile is lost. */
#ifdef DISCONNECTS
inline unsubscribe(n) {
  do :: nempty(pushes[n]) -> pushes[n]?id,token :: empty(pushes[n]) -> break od;
  subscribed[n] = false
}
active proctype Disconnect() {
  do
  :: d_step { alive[0] && subscribed[0] -> unsubscribe(0) }
  :: d_step { alive[1] && subscribed[1] -> unsubscribe(1) }
  :: d_step { alive[0] && !subscribed[0] && !POLLS(0) -> subscribed[0] = true }
  :: d_step { alive[1] && !subscribed[1] && !POLLS(1) -> subscribed[1] = true }
  od
}
#endif

/* Redis is back a tick after it went away. */
#if MEMORY_LOSSES > 0
byte memoryLosses;
active proctype Restart() {
  do
  :: d_step { memoryLosses < MEMORY_LOSSES && now < END ->
       printf("@%d Redis: restarts empty\n", now);
       memoryLosses++; dataLost = true;
       free_lock(); fence = 0;
       do :: waiting > 0 -> waiting--; seenAt[OWNER(queue[waiting])] = 0; queue[waiting] = 0 :: else -> break od;
#if TICK == 0
       newestLast = 0;                        /* nothing but a re-assertion can save the order of the tokens now */
#endif
       pass_time() }
  od
}
#endif

#if FAILOVERS > 0
byte failovers;
bool copied;
byte oldLock, oldLockToken, oldLockExpires, oldFence, oldQueue[INSTANCES], oldWaiting, oldSeenAt[INSTANCES];
active proctype Failover() {
  do
  :: d_step { !copied ->
       printf("@%d replica: has lock %d, fence %d\n", now, lock, fence);
       copied = true;
       oldLock = lock; oldLockToken = lockToken; oldLockExpires = lockExpires; oldFence = fence; oldWaiting = waiting;
       i = 0;
       do :: i < INSTANCES -> oldQueue[i] = queue[i]; oldSeenAt[i] = seenAt[i]; i++ :: else -> break od;
       i = 0 }
  :: d_step { copied && failovers < FAILOVERS && now < END ->
       printf("@%d Redis: is that replica now\n", now);
       failovers++; dataLost = true;
       lock = oldLock; lockToken = oldLockToken; lockExpires = oldLockExpires; fence = oldFence; waiting = oldWaiting;
       oldLock = 0; oldLockToken = 0; oldLockExpires = 0; oldFence = 0; oldWaiting = 0;
       i = 0;
       do
       :: i < INSTANCES -> queue[i] = oldQueue[i]; seenAt[i] = oldSeenAt[i]; oldQueue[i] = 0; oldSeenAt[i] = 0; i++
       :: else -> break
       od;
       pass_time() }
  od
}
#endif

#if DELETIONS > 0
byte deletions;
active proctype Operator() {
  do
  :: d_step { deletions < DELETIONS && lock ->
       printf("@%d somebody deletes the lock\n", now);
       deletions++; dataLost = true;
       free_lock() }
  od
}
#endif
