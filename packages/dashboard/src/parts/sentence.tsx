import type { Part } from '../sentences/part.ts'
import { useApp } from '../state/app.ts'

/** A sentence with its proofs as links. What was received is isolated, so that its direction of writing changes nothing around it. */
export function Sentence({ parts }: { parts: readonly Part[] }) {
  return (
    <>{parts.map((part, index) => (typeof part === 'string' ? part : <Piece key={index} part={part} />))}</>
  )
}

function Piece({ part }: { part: Exclude<Part, string> }) {
  const { address } = useApp()
  const text = <bdi>{part.text}</bdi>
  const shown = part.as === 'code' ? <code>{part.text}</code> : part.as === 'strong' ? <b>{text}</b> : text
  if (part.path === undefined) return shown
  const name = part.as === 'bad' ? 'bad' : part.as === 'strong' ? 'plain' : undefined
  return (
    <a class={name} href={address.to(part.path, part.params)}>
      {shown}
    </a>
  )
}
