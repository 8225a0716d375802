// Looks for a code through the camera, or in a picture that is chosen or dropped, without sending
// the picture anywhere. What is found goes to this service as text; no other address is opened.
// Without this script, or without a camera, the forms of the page do the same.

const lens = document.querySelector("[data-lens]");
const say = document.querySelector("[data-say]");
const start = document.querySelector("[data-start]");
const stop = document.querySelector("[data-stop]");
const light = document.querySelector("[data-light]");
const cameras = document.querySelector("[data-cameras]");
const video = lens.querySelector("video");
const words = lens.dataset;
const paste = document.querySelector("#text").form;
const file = document.querySelector("#file");

// A certificate's code: digits behind /q/, digits alone, or a signed token as it is.
const DIGITS = /(?:\/q\/|^)([0-9]{60,5000})$/;
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONG_WAIT_MS = 15000;
const WIDEST = 1280;

let reader = null;
let stream = null;
let turn = 0;

const tell = (text, address = "") => {
  say.textContent = text;
  if (address) {
    const shown = document.createElement("bdi");
    shown.className = "mono";
    shown.textContent = address.slice(0, 200);
    say.append(" ", shown);
  }
};

// Loaded when somebody scans, and not before: it is large.
async function codes(image) {
  if (reader === null) {
    const loaded = await import(words.reader);
    loaded.prepareZXingModule({ overrides: { locateFile: () => words.wasm } });
    reader = loaded.readBarcodes;
  }
  const found = await reader(image, { formats: ["QRCode"], maxNumberOfSymbols: 8, tryHarder: true });
  return [...new Set(found.map((one) => one.text).filter(Boolean))];
}

const isCertificate = (text) => DIGITS.test(text) || TOKEN.test(text);

function hostOf(text) {
  try {
    return new URL(text).host;
  } catch {
    return "";
  }
}

// Ours has a page of its own; anything else is sent as text, and the answer names the stranger.
function check(text) {
  end();
  const host = hostOf(text);
  const digits = DIGITS.exec(text);
  if (digits && (host === "" || host === location.host)) {
    location.assign(`/q/${digits[1]}`);
    return;
  }
  paste.elements.text.value = text;
  paste.submit();
}

function choose(texts) {
  const list = document.createElement("ol");
  texts.forEach((text, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--quiet";
    button.textContent = words.choose.replace("{n}", place + 1);
    button.addEventListener("click", () => check(text));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  });
  tell(words.several);
  say.append(list);
  list.querySelector("button").focus();
}

// Gives back whether there is something to do with what was found.
function found(texts) {
  const certificates = texts.filter(isCertificate);
  if (certificates.length === 1) check(certificates[0]);
  if (certificates.length > 1) {
    end();
    choose(certificates);
  }
  if (certificates.length === 0 && texts.length > 0) {
    const host = hostOf(texts[0]);
    tell(host ? words.elsewhere : words.other, host || texts[0]);
  }
  return certificates.length > 0;
}

function frame(source, width, height) {
  const scale = Math.min(1, WIDEST / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function look(mine, since) {
  while (mine === turn && stream !== null) {
    if (video.readyState >= video.HAVE_CURRENT_DATA && video.videoWidth > 0) {
      const texts = await codes(frame(video, video.videoWidth, video.videoHeight));
      if (mine !== turn || found(texts)) return;
      if (texts.length === 0 && performance.now() - since > LONG_WAIT_MS) tell(words.closer);
    }
    await new Promise((next) => setTimeout(next, 80));
  }
}

const WHY = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "none",
  OverconstrainedError: "none",
};

async function begin(device = null) {
  end();
  const mine = ++turn;
  start.disabled = true;
  tell(words.starting);
  try {
    const wish = device ? { deviceId: { exact: device } } : { facingMode: "environment" };
    stream = await navigator.mediaDevices.getUserMedia({
      video: { ...wish, width: { ideal: WIDEST } }, audio: false,
    });
  } catch (error) {
    tell(words[WHY[error.name] ?? "busy"]);
    start.disabled = false;
    return;
  }
  video.srcObject = stream;
  lens.hidden = false;
  stop.hidden = false;
  start.hidden = true;
  await video.play();
  tell(words.hold);
  await offer();
  await look(mine, performance.now()).catch(() => tell(words.busy));
}

// The light, and which camera, where there is a choice.
async function offer() {
  const [track] = stream.getVideoTracks();
  light.hidden = !(track.getCapabilities?.().torch);
  const all = (await navigator.mediaDevices.enumerateDevices())
    .filter((one) => one.kind === "videoinput");
  cameras.parentElement.hidden = all.length < 2;
  const now = track.getSettings().deviceId;
  cameras.replaceChildren(...all.map((one, place) => {
    const label = one.label || words.camera.replace("{n}", place + 1);
    return new Option(label, one.deviceId, false, one.deviceId === now);
  }));
}

function end() {
  turn += 1;
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  lens.hidden = true;
  stop.hidden = true;
  light.hidden = true;
  light.setAttribute("aria-pressed", "false");
  cameras.parentElement.hidden = true;
  start.hidden = false;
  start.disabled = false;
}

async function picture(one) {
  // A PDF is read by the service; a picture here, and by the service where that fails.
  if (!one.type.startsWith("image/")) return file.form.submit();
  tell(words.reading);
  try {
    const bitmap = await createImageBitmap(one);
    const texts = await codes(frame(bitmap, bitmap.width, bitmap.height));
    if (!found(texts) && texts.length === 0) file.form.submit();
  } catch {
    file.form.submit();
  }
}

if (navigator.mediaDevices?.getUserMedia && window.OffscreenCanvas) {
  document.querySelector("[data-camera]").hidden = false;
  document.querySelector(".shoot--camera").hidden = true;
  start.addEventListener("click", () => begin());
  stop.addEventListener("click", () => { end(); tell(""); start.focus(); });
  cameras.addEventListener("change", () => begin(cameras.value));
  light.addEventListener("click", async () => {
    const on = light.getAttribute("aria-pressed") !== "true";
    await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
    light.setAttribute("aria-pressed", String(on));
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) end(); });
}

const drop = document.querySelector(".drop");
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.dataset.over = ""; });
}
drop.addEventListener("dragleave", () => { delete drop.dataset.over; });
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  if (event.dataTransfer.files.length === 1) {
    file.files = event.dataTransfer.files;
    picture(file.files[0]);
  }
});
file.form.addEventListener("submit", (event) => {
  if (file.files.length === 1 && file.files[0].type.startsWith("image/")) {
    event.preventDefault();
    picture(file.files[0]);
  }
});
