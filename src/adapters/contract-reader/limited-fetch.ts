/** A fetch whose answers end with an error after so many bytes. */
export function limitedFetch(bytes: number): typeof fetch {
  return async (...request) => {
    const response = await fetch(...request);
    if (!response.body) return response;
    let size = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        size += chunk.byteLength;
        if (size > bytes) out.error(new Error(`an answer has more than ${bytes} bytes`));
        else out.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
  };
}
