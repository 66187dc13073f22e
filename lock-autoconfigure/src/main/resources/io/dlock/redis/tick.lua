-- What a job asks for besides the lock: ticks, each of which is taken once, and a time for which the key stays taken.
-- Loaded behind queue.lua, in front of acquire.lua, release.lua and claim.lua.
--
-- KEYS[5] job      HASH    <schedule> -> <time of the last tick that was taken, ms> <id of the claim that took it>
--                          'owed'     -> <grant id> <until when the key stays taken, ms> <the schedule whose period
--                                        counts from the end of the run, or ->
--
-- A claim on a job key of another type ends the script with Redis' own error: nobody could tell what ran.

local JOB = KEYS[5]

-- A tick may come a little early: the clocks of instances run at slightly different rates, and messages take time.
local function slack(period)
  return math.min(period / 10, 1000 + period / 1000)
end

-- Judges a claim: {id, schedule, kind, millis, period, kept}. Answers the time of the tick that it takes; or nothing,
-- the time of the last tick, and who took it. Writes nothing.
local function judge(claim)
  local last, by = string.match(redis.call('HGET', JOB, claim.schedule) or '', '^(%d+) (%S+)$')
  last = number(last)
  local tick = claim.kind == 'AT' and claim.millis or NOW_MS - claim.millis
  if by == claim.id then
    return last
  end
  -- A clock that was wrong, or has gone back, must not stop the job for as long. Ours may be behind those of all
  -- instances, by more than a period: for a planned time, that is no reason to run twice.
  if not last or last > NOW_MS + (claim.kind == 'AT' and claim.kept or 2 * claim.period) then
    return tick
  end
  if claim.kind == 'AT' then
    if tick > last then
      return tick
    end
    return nil, last, by
  end
  local due = last + claim.period
  if tick < due - slack(claim.period) then
    return nil, last, by
  end
  -- Ticks lie on a grid, so that what one comes early does not make the next come early as well. The grid follows
  -- whoever takes them, slowly; at once, when nobody came near its time.
  if claim.kind == 'EVERY' and tick - due <= claim.period / 2 then
    local step = math.max(1, claim.period / 1000)
    tick = math.floor(due + math.max(-step, math.min(step, tick - due)))
  end
  return tick
end

local function keep(kept)
  redis.call('PEXPIRE', JOB, math.max(kept, redis.call('PTTL', JOB)))
end

local function take(claim, tick)
  redis.call('HSET', JOB, claim.schedule, text(tick) .. ' ' .. claim.id)
  keep(claim.kept)
end

-- What the key owes to a grant: until when it stays taken, and the schedule that waits for the end of its run, or -.
-- Nothing when that is nothing.
local function owed(id)
  local to, till, schedule = string.match(read('HGET', JOB, 'owed') or '', '^(%S+) (%d+) (.+)$')
  if to == id then
    return number(till), schedule
  end
  return nil
end
