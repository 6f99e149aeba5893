import { type Deployment, markOf } from '../../api/deployments.ts'
import { Spark } from '../../charts/spark.tsx'
import { isFresh } from '../../errors/fresh.ts'
import { type Group, templateOf } from '../../errors/groups.ts'
import { grouped } from '../../format/numbers.ts'
import { ago, msOf } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { useApp } from '../../state/app.ts'

/** Fewer events than this are ticks: a bar would say more than there is. */
const FEW = 12

/** A group in the list. */
export function GroupRow({
  group,
  from,
  deployed,
  href,
  isChosen,
}: {
  group: Group
  /** Where the range begins, in milliseconds. */
  from: number
  deployed: readonly Deployment[]
  href: string
  isChosen: boolean
}) {
  const { time } = useApp()
  const { type, message, services, count, users, lastSeen, trend } = group
  const fresh = isFresh(group, from)
  return (
    <a href={href} aria-current={isChosen ? 'true' : undefined}>
      <StateMark state={fresh ? 'bad' : 'note'} label={fresh ? 'new' : 'ongoing'} />
      <span class="what">
        <b class="clip" title={type}>
          <bdi>{type || 'Error'}</bdi>
        </b>
        <span class="msg clip" title={message}>
          <bdi>{templateOf(message)}</bdi>
        </span>
        <span class="in muted clip">
          <GroupTag group={group} /> <bdi>{services.join(', ')}</bdi>
          {users > 0 && `, ${grouped(users)} ${users === 1 ? 'user' : 'users'}`}
        </span>
      </span>
      <span class="num">
        <b>{grouped(count)}</b>
        <Spark
          label={`${type} over the range`}
          values={trend}
          as={count < FEW ? 'ticks' : 'bars'}
          isBad={fresh}
          marks={deployed.filter(({ service }) => services.includes(service)).map(markOf)}
        />
        <span class="muted" title={new Date(msOf(lastSeen)).toLocaleString()}>
          {ago(msOf(lastSeen), Math.max(time.now.value, msOf(lastSeen)))}
        </span>
      </span>
    </a>
  )
}

/** What is new about a group: the version that brought it, or that it came back. */
export function GroupTag({ group: { state, newIn } }: { group: Group }) {
  if (typeof newIn === 'string') return <span class="tag bad">new in {newIn}</span>
  if (state.kind === 'regressed') return <span class="tag warn">regressed</span>
  return state.kind === 'open' ? null : <span class="tag">{state.kind}</span>
}
