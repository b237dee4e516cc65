/**
 * The values of JSON lines, each as soon as it is whole: a line may come in pieces, or several at once. A last line
 * without its end was cut off, and is none.
 */
export async function* jsonLines(bytes: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  let begun = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (begun + decoder.decode(read.value, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
