-- The callers: wrk -s load.lua <url> -- <sampled callers of 100> <routes>
-- Half of them send a traceparent, as another service would; the other half send none, as browsers do.

local FEWEST_CALLERS = 400
local callers
local requests = {}
local at = 0

local function hex(digits)
  local text = {}
  for i = 1, digits do
    text[i] = string.format("%x", math.random(0, 15))
  end
  return table.concat(text)
end

function init(args)
  local percent, routes = tonumber(args[1]), tonumber(args[2])
  math.randomseed(7)
  -- Each route is asked for with and without a traceparent.
  callers = math.max(FEWEST_CALLERS, 2 * routes)
  for i = 1, callers do
    local route = math.floor((i - 1) / 2) % routes
    local folder = route == 0 and "/api/orders/" or "/api/shelf-" .. route .. "/orders/"
    local headers = { ["user-agent"] = "bench/1.0", ["accept"] = "application/json" }
    if i % 2 == 0 then
      -- Spread over all callers, as many as the percentage says.
      local pair = i / 2
      local sampled = math.floor(pair * percent / 100) > math.floor((pair - 1) * percent / 100)
      headers["traceparent"] = "00-a" .. hex(31) .. "-b" .. hex(15) .. (sampled and "-01" or "-00")
    end
    requests[i] = wrk.format("GET", folder .. math.random(1000, 9999), headers)
  end
end

function request()
  at = at % callers + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nREPORT {"requests":%d,"micros":%d,"p50":%d,"p99":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
