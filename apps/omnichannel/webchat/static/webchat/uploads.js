/* Files on their way: how far they are. Loaded when the first file is sent; goes like fetch, which cannot tell. */

export function carrier(progress, signal) {
  return (address, { method, body, headers }) => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => total && progress(Math.floor((loaded / total) * 100));
    request.onload = () => done(new Response(request.responseText, { status: request.status }));
    request.onerror = request.ontimeout = request.onabort = () => failed(new Error("not carried"));
    signal.addEventListener("abort", () => request.abort());
    if (signal.aborted) failed(new Error("not carried"));
    else request.send(body);
  });
}
