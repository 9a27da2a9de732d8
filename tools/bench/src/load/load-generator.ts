import { programSettings, sayAnswer } from '../node-program';
import { alertmanagerText, webhookText } from './alert-texts';
import { HttpConnection } from './http-connection';
import type { LoadSettings } from './load';
import { LoadRecorder } from './load-recorder';
import { NumberedRequest } from './numbered-request';

/** A failing server must not be asked a million times per second. */
const PAUSE_AFTER_FAILURE_MS = 100;

/** A connection with the request that it sends. */
interface Sender {
  connection: HttpConnection;
  request: NumberedRequest;
}

const settings = programSettings<LoadSettings>();
const from = performance.now() + settings.warmUpSeconds * 1_000;
const window = { from, to: from + settings.seconds * 1_000 };
const recorder = new LoadRecorder(window);
let nextAlert = settings.firstAlert;

function newSender(group: number): Sender {
  const { target, alerts } = settings;
  const text = target.kind === 'webhook' ? webhookText : alertmanagerText;
  const head = { path: target.path, host: `127.0.0.1:${target.port}`, token: target.token };
  const request = new NumberedRequest(head, text(alerts, group, new Date().toISOString()), alerts);
  return { connection: new HttpConnection(target.port), request };
}

async function sendOne({ connection, request }: Sender, dueAt: number): Promise<void> {
  const bytes = request.withAlertsFrom(nextAlert);
  nextAlert += settings.alerts;
  const sentAt = performance.now();
  try {
    const status = await connection.send(bytes);
    recorder.answered(status, dueAt, sentAt);
    if (status < 300) return;
  } catch (error) {
    recorder.failed(error instanceof Error ? error.message : String(error));
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAILURE_MS));
}

/** Each connection sends its next request when the last one was answered. */
async function sendAsAnswered(senders: readonly Sender[]): Promise<void> {
  await Promise.all(
    senders.map(async (sender) => {
      while (performance.now() < window.to) await sendOne(sender, performance.now());
    }),
  );
}

/** Requests are due by the clock; one that finds no free connection waits, and its waiting counts. */
async function sendByClock(senders: readonly Sender[], perSecond: number): Promise<void> {
  const idle = [...senders];
  const waiting: number[] = [];
  const underWay = new Set<Promise<void>>();
  const sendWaiting = (): void => {
    while (idle.length > 0 && waiting.length > 0) {
      const sender = idle.shift();
      const dueAt = waiting.shift();
      if (sender === undefined || dueAt === undefined) return;
      const sending = sendOne(sender, dueAt).then(() => {
        underWay.delete(sending);
        idle.push(sender);
        sendWaiting();
      });
      underWay.add(sending);
    }
  };
  const intervalMs = 1_000 / perSecond;
  for (let due = performance.now(); due < window.to; due += intervalMs) {
    const waitMs = due - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    waiting.push(due);
    sendWaiting();
  }
  while (underWay.size > 0) await Promise.all(underWay);
}

async function main(): Promise<void> {
  const senders = Array.from({ length: settings.connections }, (_, group) => newSender(group));
  const cpu = process.cpuUsage();
  const began = performance.now();
  if (settings.requestsPerSecond === null) await sendAsAnswered(senders);
  else await sendByClock(senders, settings.requestsPerSecond);
  const { user, system } = process.cpuUsage(cpu);
  sayAnswer(recorder.result(settings.alerts, (user + system) / 1_000 / (performance.now() - began)));
  for (const { connection } of senders) connection.close();
}

void main();
