import type { ServerResponse } from 'node:http'

import type { Live } from './live.ts'
import { sayJson } from './replies.ts'
import type { Target } from './target.ts'

const MOST_TOPICS = 20
const MOST_STREAMS = 100
const TOPIC = /^[\w.:/-]{1,200}$/

/** Creates the handler of `/api/live?topic=a&topic=b`. */
export function createLiveRequest(live: Live): (res: ServerResponse, target: Target) => void {
  let streams = 0
  return (res, { query }) => {
    const topics = query.getAll('topic')
    if (topics.length === 0 || topics.length > MOST_TOPICS || !topics.every((topic) => TOPIC.test(topic)))
      return sayJson(
        res,
        400,
        'bad_data',
        `topic must be given 1 to ${MOST_TOPICS} times, as a name of letters, digits and . : / - _`,
      )
    if (streams >= MOST_STREAMS)
      return sayJson(res, 503, 'unavailable', `${MOST_STREAMS} pages are open, which is the limit`, {
        'retry-after': '5',
      })
    streams++
    res.once('close', () => streams--)
    live.open(res, topics)
  }
}
