import { useApp } from '../state/app.ts'
import type { Part } from './part.ts'

/** Characters of a received name that a sentence shows. */
const MOST = 80

/** A sentence with its proofs as links. What was received is isolated, so that its direction of writing changes nothing around it. */
export function Sentence({ parts }: { parts: readonly Part[] }) {
  return (
    <>{parts.map((part, index) => (typeof part === 'string' ? part : <Piece key={index} part={part} />))}</>
  )
}

function Piece({ part: { text, as, path, params } }: { part: Exclude<Part, string> }) {
  const { address } = useApp()
  const isLong = text.length > MOST
  const title = isLong ? text : undefined
  const short = isLong ? `${text.slice(0, MOST - 1)}…` : text
  const name = <bdi title={title}>{short}</bdi>
  const shown = as === 'code' ? <code title={title}>{short}</code> : as === 'strong' ? <b>{name}</b> : name
  if (path === undefined) return shown
  return (
    <a class={as === 'bad' ? 'bad' : as === 'strong' ? 'plain' : undefined} href={address.to(path, params)}>
      {shown}
    </a>
  )
}
