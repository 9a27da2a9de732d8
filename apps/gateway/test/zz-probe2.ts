import 'reflect-metadata';
import { fork, spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { startMariadb, startNats } from '@alertagent/local-stack';
async function main() {
  const nats = await startNats();
  const db = await startMariadb({ bufferPoolMb: 512, extraArgs: (process.env.LOGMB ? [`--innodb-log-file-size=${process.env.LOGMB}M`] : []) });
  const url = await db.createDatabase('alertagent');
  const secs = process.env.SECS ?? '8', conns = process.env.CONNS ?? '64';
  const load = async (port: string, token: string, distinct = '0', s = secs, c = conns, per='50') => { const p = spawn('node', ['/tmp/gw/load.cjs', port, token, s, c, distinct, per], { stdio: ['ignore', 'pipe', 'inherit'] }); let out=''; p.stdout.on('data', d => out += d); await once(p, 'exit'); return out.trim(); };
  const bare = spawn('node', ['/tmp/gw/bare.cjs', url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(bare.stdout!, 'data'); const bport = String(line).split(' ')[1]!.trim();
  const prof = process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/gw/prof'] : [];
  const child = fork(process.env.GW ?? '/work/main/apps/gateway/test/gateway-process.ts', [url, nats.url], { execArgv: ['--conditions=@alertagent/source', ...prof, '-r', '/work/main/libs/service-kit/test/typescript-in-node.cjs'], env: { ...process.env } });
  const [gurl] = await once(child, 'message'); const port = new URL(gurl as string).port;
  const mysql = require('mysql2/promise'); const c = await mysql.createConnection(url);
  const token = 'aat_webhook_' + 'a'.repeat(43);
  await c.query('INSERT INTO gateway_known_cluster_tokens (token_hash, token_id, cluster_id, cluster_name, purpose) VALUES (?,?,?,?,?)', [createHash('sha256').update(token).digest('hex'), 't', '01900000-0000-7000-8000-00000000000a', 'first', 'webhook']);
  const state = async () => { const [r] = await c.query('SELECT state, COUNT(*) n, SUM(alert_count) a FROM alert_inbox GROUP BY state'); return JSON.stringify(r); };
  const drain = async (label: string) => { const t = Date.now(); const [[a]] = await c.query('SELECT COALESCE(SUM(alert_count),0) n FROM alert_inbox WHERE state=0'); let left = 1; while (left > 0) { await new Promise(r => setTimeout(r, 200)); const [[x]] = await c.query('SELECT COUNT(*) n FROM alert_inbox WHERE state=0'); left = Number(x.n); if (Date.now()-t > 120000) break; } console.log(label, 'pipeline', Math.round(Number(a.n) / ((Date.now() - t) / 1000)), 'alerts/s for', a.n, 'left', left, 'rss', rss(child.pid!)); };
  const rss = (pid: number) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(require('fs').readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024) + 'MB';
  await load(bport,'x','0','2'); await load(port, token,'0','2');
  for (let r=0;r<5;r++){ const b=JSON.parse(await load(bport,'x','0','3')); const g=JSON.parse(await load(port,token,'0','3')); console.log('bare',b.alertsPerS,b.p99,'gw',g.alertsPerS,g.p99,JSON.stringify(g.bad),(g.alertsPerS/b.alertsPerS).toFixed(2)); }
  bare.kill('SIGKILL'); await c.end(); child.kill(process.env.PROF ? 'SIGINT' : 'SIGKILL'); if (process.env.PROF) await once(child, 'exit'); await db.stop(); await nats.stop(); process.exit(0);
}
void main();
