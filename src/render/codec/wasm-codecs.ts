import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { RenderError } from '../render-error.ts';
import { corrupt } from './frame-header.ts';

/** What the decoders of the WebAssembly module are called there. */
export type WasmDecoder = 'DecodeJpeg' | 'DecodeJpegLs' | 'DecodeJpeg2000' | 'DecodeHtJpeg2000';

/** An image as a decoder is told of it. Checked against the code stream's own header before. */
export interface WasmImage {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** JPEG: turn YCbCr into RGB. */
  readonly toRgb: boolean;
}

// The WebAssembly of dcmjs-codecs (libijg, CharLS, OpenJPEG, OpenJPH) without its JavaScript, which keeps one instance
// for ever and loads a second dcmjs: here a decoder that failed is thrown away together with its memory.

type Pointer = number;
type Setter = (context: Pointer, value: number) => void;
type Getter = (context: Pointer) => number;

interface Exports extends Record<WasmDecoder, (context: Pointer, parameters: Pointer) => void> {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly _initialize: () => void;
  readonly CreateCodecsContext: () => Pointer;
  readonly ReleaseCodecsContext: (context: Pointer) => void;
  readonly CreateDecoderParameters: () => Pointer;
  readonly ReleaseDecoderParameters: (parameters: Pointer) => void;
  readonly SetConvertColorspaceToRgb: Setter;
  readonly SetColumns: Setter;
  readonly SetRows: Setter;
  readonly SetBitsAllocated: Setter;
  readonly SetBitsStored: Setter;
  readonly SetSamplesPerPixel: Setter;
  readonly SetPixelRepresentation: Setter;
  readonly SetPlanarConfiguration: Setter;
  readonly SetPhotometricInterpretation: Setter;
  readonly SetEncodedBufferSize: Setter;
  readonly GetEncodedBuffer: Getter;
  readonly GetDecodedBuffer: Getter;
  readonly GetDecodedBufferSize: Getter;
}

interface Decoders {
  readonly exports: Exports;
  /** A decoder said that parts of the image are missing. */
  damaged: boolean;
}

interface WasmInstance {
  readonly exports: unknown;
}

/** The part of the WebAssembly interface that is used: Node's own types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Record<string, Record<string, unknown>>) => WasmInstance;
};

/** An instance starts at 256 MiB, untouched pages unused. One that grew holds what it touched until it is dropped. */
const keptMemoryBytes = 2 ** 28;

/** What libijg and OpenJPH only remark on, when parts of the image are missing and they fill in something. */
const damage =
  /premature end|Corrupt JPEG data: (bad|found)|Inconsistent progression|File terminated early|Error decoding a codeblock/i;

let compiled: object | null = null;
let current: Decoders | null = null;

/**
 * Decodes a code stream to samples of `image.bitsAllocated` bits, in the order of the coding.
 *
 * Synchronous, and as slow as the image is large: for a worker. Whatever goes wrong, the next call works.
 *
 * @throws {RenderError} `corrupt`: the decoder refused the code stream, lost pixels, or fell over it.
 */
export function decodeWithWasm(
  decoder: WasmDecoder,
  codeStream: Uint8Array,
  image: WasmImage,
): Uint8Array<ArrayBuffer> {
  current ??= instantiate();
  const decoders = current;
  try {
    const decoded = run(decoders.exports, decoder, codeStream, image);
    if (decoders.damaged) throw corrupt('The code stream breaks off or is damaged');
    if (decoders.exports.memory.buffer.byteLength > keptMemoryBytes) current = null;
    return decoded;
  } catch (cause) {
    // A trap or an exception through its frames leaves the heap in no known state.
    current = null;
    throw cause instanceof RenderError ? cause : corrupt('The code stream cannot be decoded');
  }
}

function run(
  exports: Exports,
  decoder: WasmDecoder,
  codeStream: Uint8Array,
  image: WasmImage,
): Uint8Array<ArrayBuffer> {
  const context = exports.CreateCodecsContext();
  const parameters = exports.CreateDecoderParameters();
  exports.SetColumns(context, image.columns);
  exports.SetRows(context, image.rows);
  exports.SetBitsAllocated(context, image.bitsAllocated);
  exports.SetBitsStored(context, image.bitsStored);
  exports.SetSamplesPerPixel(context, image.samplesPerPixel);
  exports.SetPixelRepresentation(context, image.signed ? 1 : 0);
  exports.SetPlanarConfiguration(context, 0);
  exports.SetPhotometricInterpretation(context, 0);
  exports.SetConvertColorspaceToRgb(parameters, image.toRgb ? 1 : 0);
  exports.SetEncodedBufferSize(context, codeStream.length);
  new Uint8Array(exports.memory.buffer).set(codeStream, exports.GetEncodedBuffer(context));
  exports[decoder](context, parameters);

  const start = exports.GetDecodedBuffer(context);
  const length = exports.GetDecodedBufferSize(context);
  const expected = image.columns * image.rows * image.samplesPerPixel * (image.bitsAllocated / 8);
  if (length !== expected) throw corrupt('The code stream decodes to another number of bytes');
  const decoded = new Uint8Array(exports.memory.buffer).slice(start, start + length);
  exports.ReleaseDecoderParameters(parameters);
  exports.ReleaseCodecsContext(context);
  return decoded;
}

function instantiate(): Decoders {
  const path = createRequire(import.meta.url).resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  compiled ??= new WebAssembly.Module(readFileSync(path));
  const memory = (): ArrayBuffer => exports.memory.buffer;
  const textAt = (start: Pointer, length: number): string => Buffer.from(memory(), start, length).toString('latin1');
  const hear = (start: Pointer, length: number): void => {
    decoders.damaged ||= damage.test(textAt(start, length));
  };
  const instance = new WebAssembly.Instance(compiled, {
    env: {
      onCodecsException: (start: Pointer, length: number) => {
        throw new Error(textAt(start, length));
      },
      onCodecsInfo: hear,
      onCodecsTrace: () => {},
      emscripten_notify_memory_growth: () => {},
    },
    // No files, no environment, no clock; what the decoders print is listened to.
    wasi_snapshot_preview1: {
      proc_exit: (code: number) => {
        throw new Error(`The decoder exited with ${code}`);
      },
      clock_time_get: () => 0,
      fd_write: (_file: number, vectors: Pointer, count: number, written: Pointer) => {
        const view = new DataView(memory());
        let length = 0;
        for (let at = vectors; at < vectors + 8 * count; at += 8) {
          hear(view.getUint32(at, true), view.getUint32(at + 4, true));
          length += view.getUint32(at + 4, true);
        }
        view.setUint32(written, length, true);
        return 0;
      },
      fd_close: () => 0,
      fd_seek: () => 0,
      environ_sizes_get: (count: Pointer, size: Pointer) => {
        new DataView(memory()).setUint32(count, 0, true);
        new DataView(memory()).setUint32(size, 0, true);
        return 0;
      },
      environ_get: () => 0,
    },
  });
  const exports = instance.exports as Exports;
  const decoders: Decoders = { exports, damaged: false };
  exports._initialize();
  return decoders;
}
