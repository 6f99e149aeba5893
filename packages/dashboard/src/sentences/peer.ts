const SYSTEMS: Readonly<Record<string, string>> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  mongodb: 'MongoDB',
  redis: 'Redis',
  valkey: 'Valkey',
  memcached: 'Memcached',
  elasticsearch: 'Elasticsearch',
  opensearch: 'OpenSearch',
  clickhouse: 'ClickHouse',
  cassandra: 'Cassandra',
  sqlite: 'SQLite',
  'microsoft.sql_server': 'SQL Server',
  mssql: 'SQL Server',
  'oracle.db': 'Oracle',
  dynamodb: 'DynamoDB',
  kafka: 'Kafka',
  rabbitmq: 'RabbitMQ',
}

/** What services call that is no service: a database, or an address. */
export interface Peer {
  readonly name: string
  /** The product, or empty. */
  readonly system: string
  readonly isDatabase: boolean
}

/** Reads the name that the hub gives to the other end of calls: `postgresql db:5432`, or `api.example.com`. */
export function peerOf(server: string): Peer {
  const [first = '', ...rest] = server.split(' ')
  const system = Object.hasOwn(SYSTEMS, first) ? SYSTEMS[first] : undefined
  if (system === undefined) return { name: server, system: '', isDatabase: false }
  const isQueue = first === 'kafka' || first === 'rabbitmq'
  return { name: rest.length > 0 ? rest.join(' ') : system, system, isDatabase: !isQueue }
}
