/** A text to be found. */
export interface FixtureDocument {
  id: string;
  title: string;
  text: string;
}

/** A question, and the text that answers it. */
export interface FixtureQuestion {
  text: string;
  answer: string;
}

interface Words {
  en: string;
  zh: string;
}

/** The systems of a shop, as its runbooks call them, and as people call them who ask. */
const SYSTEMS: readonly (Words & { id: string; asked: Words })[] = [
  {
    id: 'orders',
    en: 'the orders database (PostgreSQL)',
    zh: '订单数据库（PostgreSQL）',
    asked: { en: 'orders postgres', zh: '订单库' },
  },
  {
    id: 'billing',
    en: 'the billing database (MySQL)',
    zh: '计费数据库（MySQL）',
    asked: { en: 'mysql for billing', zh: '计费 MySQL' },
  },
  {
    id: 'sessions',
    en: 'the session cache (Redis)',
    zh: '会话缓存（Redis）',
    asked: { en: 'redis with the sessions', zh: '会话 Redis' },
  },
  { id: 'events', en: 'the event bus (Kafka)', zh: '事件总线（Kafka）', asked: { en: 'kafka', zh: 'Kafka 事件总线' } },
  { id: 'payments', en: 'the payment gateway', zh: '支付网关', asked: { en: 'payments', zh: '支付' } },
  {
    id: 'ingress',
    en: 'the ingress proxy (nginx)',
    zh: '入口代理（nginx）',
    asked: { en: 'nginx ingress', zh: 'nginx 入口' },
  },
  {
    id: 'search',
    en: 'the product search (Elasticsearch)',
    zh: '商品搜索（Elasticsearch）',
    asked: { en: 'elasticsearch', zh: '商品搜索' },
  },
  { id: 'objects', en: 'the object store (MinIO)', zh: '对象存储（MinIO）', asked: { en: 'minio', zh: '对象存储' } },
  { id: 'login', en: 'the login service', zh: '登录服务', asked: { en: 'login', zh: '登录' } },
  { id: 'reports', en: 'the nightly report job', zh: '夜间报表任务', asked: { en: 'nightly reports', zh: '夜间报表' } },
];

interface Problem {
  id: string;
  title: Words;
  symptom: Words;
  cause: Words;
  steps: Words;
  /** Three ways to ask, in other words than the text's where people would use others. `%` is the system. */
  asked: { en: readonly string[]; zh: readonly string[] };
}

const PROBLEMS: readonly Problem[] = [
  {
    id: 'disk',
    title: { en: 'Disk full', zh: '磁盘写满' },
    symptom: {
      en: 'Writes fail with "no space left on device" and the volume is above 95 percent.',
      zh: '写入报错“设备没有剩余空间”，卷使用率超过 95%。',
    },
    cause: {
      en: 'Usually old logs or segments that nobody rotates any more.',
      zh: '多半是旧日志或旧段文件没有轮转清理。',
    },
    steps: {
      en: 'Delete rotated logs older than a week, then grow the volume.',
      zh: '删除一周以前的轮转日志，然后扩容卷。',
    },
    asked: {
      en: [
        '% cannot write, no space left on its volume',
        'the volume of % is almost full, what may I delete',
        'free up disk of %',
      ],
      zh: ['%的磁盘空间不足怎么办', '%写入失败，提示没有剩余空间', '%的卷快满了，可以删除哪些日志'],
    },
  },
  {
    id: 'memory',
    title: { en: 'Memory leak and OOM kills', zh: '内存泄漏与 OOM' },
    symptom: {
      en: 'Resident memory climbs for hours until the kernel kills the process and it restarts.',
      zh: '常驻内存持续上涨数小时，随后进程被内核杀死并重启。',
    },
    cause: {
      en: 'A cache without a bound, or a client that never closes its cursors.',
      zh: '缓存没有上限，或者客户端从不关闭游标。',
    },
    steps: {
      en: 'Take a heap dump before the restart, then lower the cache limit.',
      zh: '重启之前先导出堆转储，再调低缓存上限。',
    },
    asked: {
      en: [
        '% gets killed by the kernel again and again, OOM',
        'memory of % keeps growing until it restarts',
        'how to take a heap dump of %',
      ],
      zh: ['%内存一直上涨然后重启', '%被内核 OOM 杀死', '%怎么导出堆转储'],
    },
  },
  {
    id: 'latency',
    title: { en: 'High latency', zh: '响应延迟过高' },
    symptom: {
      en: 'The p99 response time is above two seconds while error rates stay low.',
      zh: 'p99 响应时间超过两秒，但错误率仍然很低。',
    },
    cause: {
      en: 'A slow query plan after statistics went stale, or a noisy neighbour.',
      zh: '统计信息过期导致执行计划变慢，或受到邻居干扰。',
    },
    steps: {
      en: 'Look at the slowest requests in the trace view and refresh the statistics.',
      zh: '在链路追踪里查看最慢的请求，并刷新统计信息。',
    },
    asked: {
      en: [
        '% answers slowly, p99 is seconds',
        'why are requests to % slow although nothing fails',
        'slow responses of %',
      ],
      zh: ['%响应很慢，p99 好几秒', '%请求变慢但没有报错', '%延迟高怎么排查'],
    },
  },
  {
    id: 'replication',
    title: { en: 'Replica lags behind', zh: '副本复制落后' },
    symptom: {
      en: 'The follower is minutes behind the leader, and readers see old data.',
      zh: '从节点比主节点落后数分钟，读到的是旧数据。',
    },
    cause: {
      en: 'One very large transaction, or a saturated network between the zones.',
      zh: '一个超大的事务，或可用区之间的网络已经打满。',
    },
    steps: {
      en: 'Send reads to the leader and throttle the bulk import.',
      zh: '把读请求切到主节点，并限制批量导入的速度。',
    },
    asked: {
      en: ['replica of % is minutes behind', 'readers of % see stale data from the follower', 'replication lag of %'],
      zh: ['%从库延迟好几分钟', '%读到旧数据，副本落后', '%主从复制延迟'],
    },
  },
  {
    id: 'certificate',
    title: { en: 'Certificate expires', zh: '证书过期' },
    symptom: {
      en: 'Clients refuse the TLS handshake because the certificate is no longer valid.',
      zh: '客户端因证书失效而拒绝 TLS 握手。',
    },
    cause: {
      en: 'The renewal job lost its permission to answer the DNS challenge.',
      zh: '续期任务失去了应答 DNS 质询的权限。',
    },
    steps: {
      en: 'Renew by hand with certbot, reload, and mend the permission.',
      zh: '用 certbot 手动续期并重新加载，然后修复权限。',
    },
    asked: {
      en: [
        'TLS handshake with % fails, certificate expired',
        'renew the certificate of %',
        '% has an invalid certificate',
      ],
      zh: ['%证书过期了怎么续期', '%的 TLS 握手失败', '手动更新%的证书'],
    },
  },
  {
    id: 'pool',
    title: { en: 'Connection pool exhausted', zh: '连接池耗尽' },
    symptom: {
      en: 'Callers time out waiting for a connection; the server counts too many clients.',
      zh: '调用方等待连接超时，服务端提示客户端过多。',
    },
    cause: {
      en: 'A deployment doubled the number of pods and so the number of connections.',
      zh: '一次发布使实例数翻倍，连接数也随之翻倍。',
    },
    steps: {
      en: 'Lower the pool size per pod, or put a connection pooler in front.',
      zh: '调小每个实例的连接池，或在前面加一个连接代理。',
    },
    asked: {
      en: [
        'too many clients connected to %',
        'timeouts waiting for a connection to %',
        '% connection pool is exhausted',
      ],
      zh: ['%连接数过多，连接池耗尽', '等待%的连接超时', '%提示客户端太多'],
    },
  },
  {
    id: 'backlog',
    title: { en: 'Queue backlog grows', zh: '队列积压增长' },
    symptom: {
      en: 'Messages wait for more than ten minutes and the number of unprocessed ones rises.',
      zh: '消息等待超过十分钟，未处理的数量不断增加。',
    },
    cause: {
      en: 'One poison message is retried for ever and blocks its partition.',
      zh: '一条毒消息被无限重试，堵住了所在分区。',
    },
    steps: {
      en: 'Move the poison message to the dead letter queue and add consumers.',
      zh: '把毒消息移到死信队列，并增加消费者。',
    },
    asked: {
      en: ['unprocessed messages pile up in %', 'a poison message blocks %', 'backlog of % keeps rising'],
      zh: ['%消息积压越来越多', '%里有毒消息堵住了分区', '%未处理的消息一直增加'],
    },
  },
  {
    id: 'rollout',
    title: { en: 'Errors after a release', zh: '发布后报错' },
    symptom: {
      en: 'Right after the deployment the error rate jumps and health checks flap.',
      zh: '部署之后错误率立刻升高，健康检查反复失败。',
    },
    cause: {
      en: 'A setting that the new version needs is missing in one environment.',
      zh: '新版本需要的一个配置项在某个环境里缺失。',
    },
    steps: {
      en: 'Roll back to the previous version first, then compare the settings.',
      zh: '先回滚到上一个版本，再比对配置。',
    },
    asked: {
      en: [
        '% is broken since the last deploy',
        'roll back % to the version before',
        'error rate of % jumped after the new release',
      ],
      zh: ['%上线新版本之后报错', '怎么回滚%到上一个版本', '%部署后健康检查失败'],
    },
  },
  {
    id: 'dns',
    title: { en: 'Name resolution fails', zh: '域名解析失败' },
    symptom: {
      en: 'Lookups end with NXDOMAIN or a timeout, and every dependency seems down at once.',
      zh: '解析返回 NXDOMAIN 或超时，所有依赖看起来同时不可用。',
    },
    cause: {
      en: 'The resolver pods were evicted, or a search domain was removed.',
      zh: '解析器实例被驱逐，或者搜索域被删除。',
    },
    steps: {
      en: 'Restart CoreDNS and use the fully qualified name until it is back.',
      zh: '重启 CoreDNS，恢复之前使用完整域名。',
    },
    asked: {
      en: ['NXDOMAIN when looking up %', '% cannot resolve host names', 'DNS timeouts in %'],
      zh: ['%域名解析超时', '%解析返回 NXDOMAIN', '%的 DNS 有问题'],
    },
  },
  {
    id: 'throttling',
    title: { en: 'CPU throttled', zh: 'CPU 被限流' },
    symptom: {
      en: 'The container uses its whole quota and is paused for a third of each period.',
      zh: '容器用完了全部配额，每个周期有三分之一时间被暂停。',
    },
    cause: {
      en: 'The limit was copied from staging, where there is no traffic.',
      zh: '限额是从没有流量的预发环境复制来的。',
    },
    steps: {
      en: 'Raise the limit to two cores and watch the throttled periods.',
      zh: '把限额提高到两核，并观察被限流的周期数。',
    },
    asked: {
      en: ['% container is throttled, CPU quota used up', 'raise the CPU limit of %', 'cores of % are at the limit'],
      zh: ['%容器 CPU 限流', '提高%的 CPU 限额', '%的 CPU 配额用完了'],
    },
  },
];

/** 200 runbooks of ten systems with ten problems each, in English and in Chinese: each has 19 neighbours that share its system or its problem. */
export const DOCUMENTS: readonly FixtureDocument[] = SYSTEMS.flatMap((system) =>
  PROBLEMS.flatMap((problem) =>
    (['en', 'zh'] as const).map((language) => ({
      id: `${system.id}-${problem.id}-${language}`,
      title: language === 'en' ? `${problem.title.en}: ${system.en}` : `${system.zh}：${problem.title.zh}`,
      text:
        language === 'en'
          ? `# What is seen\n${problem.symptom.en} This page is about ${system.en}.\n\n# Why\n${problem.cause.en}\n\n# What to do\n${problem.steps.en}`
          : `# 现象\n${problem.symptom.zh}本页针对${system.zh}。\n\n# 原因\n${problem.cause.zh}\n\n# 处理\n${problem.steps.zh}`,
    })),
  ),
);

/** 60 questions: each problem three times in each language, about a different system each time. */
export const QUESTIONS: readonly FixtureQuestion[] = PROBLEMS.flatMap((problem, row) =>
  (['en', 'zh'] as const).flatMap((language) =>
    problem.asked[language].map((asked, index) => {
      const system = SYSTEMS[(row * 3 + index * 4 + (language === 'zh' ? 5 : 0)) % SYSTEMS.length]!;
      return { text: asked.replace('%', system.asked[language]), answer: `${system.id}-${problem.id}-${language}` };
    }),
  ),
);
