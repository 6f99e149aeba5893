import { setTimeout as delay } from 'node:timers/promises'

import { describe, expect, test } from '@jest/globals'
import { createSightline } from '@sightline/core'
import { parse } from 'yaml'

import { startContainer } from './container.ts'
import { imageOf } from './image.ts'
import {
  manifestsIn,
  manifestsOf,
  monitorOf,
  problemsOf,
  type ServiceManifests,
  textOf,
} from './manifests.ts'
import { SHOP } from './shop.ts'

const LONG = 180_000
const FILES = [...SHOP.map(({ name }) => `${name}.yaml`), 'service-monitor.yaml']

/** The pod of a service, its only container, and what the container is told. */
function podOf({ deployment }: ServiceManifests) {
  const template = deployment.spec?.template
  const pod = template?.spec
  const [container] = pod?.containers ?? []
  if (!pod || !container) throw new Error(`${deployment.metadata?.name} has no container`)
  const env = Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value]))
  return { pod, container, env, labels: template?.metadata?.labels }
}

describe.each(FILES)('%s', (file) => {
  test('is what the schemas of Kubernetes know', async () => {
    expect(manifestsIn(await textOf(file)).flatMap(problemsOf)).toEqual([])
  })
})

test.each([
  ['replicas: 2', "replicas: '2'", 'data/spec/replicas must be integer'],
  [
    'periodSeconds: 5',
    'periodSecond: 5',
    'unknown field /spec/template/spec/containers/0/readinessProbe/periodSecond',
  ],
  ['apiVersion: apps/v1', 'apiVersion: apps/v2', 'unknown kind apps/v2 Deployment'],
  ['selector:', 'selectors:', 'must have required property selector'],
])('the schemas find that %s is written as %s', async (right, wrong, problem) => {
  const yaml = (await textOf('orders.yaml')).replace('replicas: 1', 'replicas: 2')
  expect(yaml).toContain(right)
  const found = manifestsIn(yaml.replace(right, wrong)).flatMap(problemsOf)
  expect(found).toEqual([expect.stringContaining(problem)])
})

test('all files are part of the whole', async () => {
  expect(parse(await textOf('kustomization.yaml'))).toMatchObject({ resources: FILES })
})

test('the services differ in their names, ports and in whom they call, and in nothing else', async () => {
  const texts = await Promise.all(
    SHOP.map(async ({ name }) =>
      (await textOf(`${name}.yaml`))
        .replace(/^#.*\n/, '')
        .replace(/ +- name: [A-Z]+_URL\n.*\n/, '')
        .replace(/containerPort: \d+/, 'containerPort: 0')
        .replaceAll(name, 'service'),
    ),
  )
  expect(new Set(texts).size).toBe(1)
})

describe.each(SHOP)('$name', ({ name, folder }) => {
  test(
    'answers each probe where its users ask, and the scrape nowhere but where its operators do',
    async () => {
      const { container, env } = podOf(await manifestsOf(name))
      await using running = await startContainer(folder, env)
      const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe]
      const paths = probes.map((probe) => probe?.httpGet?.path)
      expect(paths).toEqual(['/health/startup', '/health/ready', '/health/live'])
      for (const path of paths) expect((await fetch(`${running.url}${path}`)).status).toBe(200)

      const [endpoint] = (await monitorOf('service-monitor.yaml')).spec.endpoints
      const { hostname, port } = await running.management
      expect(hostname).toBe('0.0.0.0')
      const scraped = await fetch(`http://127.0.0.1:${port}${endpoint?.path}`)
      expect(await scraped.text()).toContain('http_requests_total')
      expect((await fetch(`${running.url}${endpoint?.path}`)).status).toBe(404)
    },
    LONG,
  )

  test('is told nothing that the kit does not understand', async () => {
    const { env } = podOf(await manifestsOf(name))
    // Any text may be a host: that this one is listened to, the scrape shows.
    const { SIGHTLINE_MANAGEMENT_HOST: _, ...others } = env
    const variables = Object.keys(others).filter((variable) => variable.startsWith('SIGHTLINE_'))
    expect(variables).toHaveLength(4)
    for (const variable of variables) {
      process.env[variable] = 'nonsense'
      expect(() => createSightline()).toThrow(variable)
      delete process.env[variable]
    }
  })

  test('has the time to end: the delay within the deadline, the deadline within what Kubernetes gives', async () => {
    const { pod, env } = podOf(await manifestsOf(name))
    const drainDelay = Number(env['SIGHTLINE_DRAIN_DELAY'])
    const deadline = Number(env['SIGHTLINE_SHUTDOWN_DEADLINE'])
    // Requests get 70 % of what is behind the delay. The longest here waits for a bank for four seconds.
    expect((deadline - drainDelay) * 0.7).toBeGreaterThan(4_000)
    expect((pod.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(deadline)
  })

  test('is asked by probes that wait longer than a check may take', async () => {
    const { container } = podOf(await manifestsOf(name))
    const sightline = createSightline({ log: { level: 'silent' } })
    sightline.health.check('hangs', () => new Promise(() => {}), { group: ['ready', 'startup', 'live'] })
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe]
    const seconds = Math.min(...probes.map((probe) => probe?.timeoutSeconds ?? 0))
    // Both are timers of one event loop: which of them ends first is not a matter of how busy the machine is.
    const timeout = delay(seconds * 1_000, 'timeout', { ref: false })
    expect(await Promise.race([sightline.health.ready(), timeout])).toBe('unhealthy')
    await sightline.close()
  })

  test('is found by the labels of its pods and the names of its ports', async () => {
    const { deployment, service, disruptions } = await manifestsOf(name)
    const { pod, container, labels } = podOf({ deployment, service, disruptions })
    const selectors = [
      deployment.spec?.selector.matchLabels,
      service.spec?.selector,
      disruptions.spec?.selector?.matchLabels,
      ...(pod.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector?.matchLabels),
    ]
    expect(selectors).toHaveLength(5)
    for (const selector of selectors) expect(selector).toEqual({ 'app.kubernetes.io/name': name })
    expect(labels).toMatchObject({ 'app.kubernetes.io/name': name })

    const monitor = await monitorOf('service-monitor.yaml')
    expect(service.metadata?.labels).toMatchObject(monitor.spec.selector.matchLabels ?? {})
    const offered = service.spec?.ports?.map((port) => port.name)
    for (const { port } of monitor.spec.endpoints) expect(offered).toContain(port)
    const ports = container.ports?.map((port) => port.name)
    expect(service.spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(ports)
    const probed = [container.startupProbe, container.readinessProbe, container.livenessProbe]
    for (const probe of probed) expect(ports).toContain(probe?.httpGet?.port)
  })

  test('runs its image as it was built: on its port, as its user', async () => {
    const { pod, container, env } = podOf(await manifestsOf(name))
    const image = await imageOf(folder)
    expect(container.ports?.map(({ containerPort }) => containerPort)).toEqual([
      image.port,
      Number(env['SIGHTLINE_MANAGEMENT_PORT']),
    ])
    const { runAsUser, runAsGroup } = pod.securityContext ?? {}
    expect(`${runAsUser}:${runAsGroup}`).toBe(image.user)
  })

  test('may do nothing but what it needs', async () => {
    const { pod, container } = podOf(await manifestsOf(name))
    expect(pod.automountServiceAccountToken).toBe(false)
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  test('calls services by the names that they have', async () => {
    const { env } = podOf(await manifestsOf(name))
    for (const url of Object.values(env).filter((value) => value.startsWith('http'))) {
      const { hostname, port } = new URL(url)
      const { service } = await manifestsOf(hostname)
      expect(service.metadata?.name).toBe(hostname)
      expect(service.spec?.ports?.map((each) => each.port)).toContain(Number(port || 80))
    }
  })
})
