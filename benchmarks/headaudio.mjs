// SPDX-License-Identifier: Apache-2.0
// Runs HeadAudio's processor over sound files and writes what it says, as [seconds, viseme] events.
//
//     node headaudio.mjs PACKAGE LIST OUT
//
// PACKAGE: folder of npm @met4citizen/headaudio. LIST: JSON array of files of raw little-endian
// 32-bit floats, mono, 16 kHz. OUT: JSON array, one array of events a file; viseme -1 is silence.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const RATE_HZ = 16000;
const QUANTUM = 128; // samples a Web Audio worklet gets at once

const [packageFolder, listPath, outPath] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(path.join(packageFolder, 'modules', name)).href);
const { Processor } = await load('processor.mjs');
const layout = await load('parameters.mjs');

function readPrototypes() {
  const file = fs.readFileSync(path.join(packageFolder, 'dist', 'model-en-mixed.bin'));
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
  const prototypes = [];
  for (let at = 0; at < bytes.byteLength; at += layout.RECORD_LEN * 4) {
    const head = new DataView(bytes, at, 8);
    prototypes.push({
      group: head.getUint8(5),
      viseme: head.getUint8(7),
      mu: new Float32Array(bytes, at + layout.RECORD_MU_OFFSET, layout.RECORD_MU_LEN),
      sigmaInvLower: new Float32Array(
        bytes, at + layout.RECORD_SIGMAINVLOWER_OFFSET, layout.RECORD_SIGMAINVLOWER_LEN),
    });
  }
  return prototypes;
}

function listen(samples, prototypes) {
  const events = [];
  const note = (message) => {
    if (message.event === 'viseme' && message.viseme !== null) {
      const silent = message.viseme === layout.MODEL_VISEME_SIL;
      events.push([message.t, silent ? -1 : message.viseme]);
    } else if (message.event === 'ended') {
      events.push([message.t, -1]);
    }
  };
  const processor = new Processor({ sampleRate: RATE_HZ }, { port: { postMessage: note } });
  processor._onmessage({ data: { event: 'model', model: prototypes } });
  for (let at = 0; at < samples.length; at += QUANTUM) {
    processor.process(samples.subarray(at, at + QUANTUM));
  }
  return events;
}

const prototypes = readPrototypes();
const answers = JSON.parse(fs.readFileSync(listPath, 'utf8')).map((name) => {
  const bytes = fs.readFileSync(name);
  const began = process.cpuUsage();
  const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const events = listen(samples, prototypes);
  const used = process.cpuUsage(began);
  return { events, seconds: (used.user + used.system) / 1e6 };
});
fs.writeFileSync(outPath, JSON.stringify(answers));
