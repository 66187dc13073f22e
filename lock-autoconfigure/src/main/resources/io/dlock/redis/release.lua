-- Gives up a grant: hands the lock over to the first living entry of the queue, or frees it. Where the grant only
-- waits, it leaves the queue. Anybody else's is left alone, so that it may be repeated. Where a job has asked for the
-- key to stay taken, it does, with nobody to renew it.
--
-- KEYS    lock, queue, waiting, fence, job: see lock.lua, queue.lua and tick.lua
-- ARGV[1] the grant given up
--
-- Returns {why Redis refused to tell the next holder, or nothing}

if not IS_HOLDER then
  if MINE and MINE.counter == COUNTER then
    remove({ INSTANCE })
  end
  return { '' }
end

-- The run ends here, and so the period begins that counts from its end.
local till, waiting_schedule = owed(ID)
local function end_run()
  if till and waiting_schedule ~= '-' then
    redis.call('HSET', JOB, waiting_schedule, text(NOW_MS) .. ' ' .. ID)
  end
end

if till and till > NOW_MS then
  redis.call('PEXPIRE', LOCK, till - NOW_MS)
  end_run()
  return { '' }
end

local heir, dead = first_living()
if heir then
  hand_over(heir, dead, 0)
  end_run()
  return { tell(heir) }
end

-- DEL comes first: it is permitted when Redis is out of memory, and permits the rest. After MAX_DEAD dead entries
-- there may be a living one: the next ask goes on.
redis.call('DEL', LOCK)
remove(dead)
touch_fence(0)
end_run()
return { '' }
