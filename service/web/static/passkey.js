// Asks this service what to sign, has the browser sign it with a passkey, sends it, and goes on.
// Without passkeys in the browser there is nothing to do here, and the page says so.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail || said.title);
  return said;
}

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: toBytes(one.id) })),
    },
  });
  return answered(made, {
    clientDataJSON: toText(made.response.clientDataJSON),
    attestationObject: toText(made.response.attestationObject),
  });
}

async function use(options) {
  const used = await navigator.credentials.get({
    publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: [] },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
  return answered(used, {
    clientDataJSON: toText(clientDataJSON),
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

const answered = (credential, response) =>
  ({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });

// What each form does, by its `data-passkey`.
const ways = {
  async login(form) {
    const credential = await use(await send("/login/options", {}));
    return send("/login", { credential, next: form.dataset.next });
  },
  async join(form) {
    const code = form.elements.code.value;
    const credential = await make(await send("/join/options", { code }));
    return send("/join", { code, credential });
  },
  async add() {
    const credential = await make(await send("/account/passkeys/options", {}));
    return send("/account/passkeys", { credential });
  },
};

function plainly(error) {
  if (error.name === "NotAllowedError") return "It was not confirmed, or took too long. Try again.";
  if (error.name === "InvalidStateError") return "This device has a passkey for you already.";
  if (error.name === "SecurityError") return "Passkeys do not work at this address.";
  return error.message;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const told = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) told.textContent = "This browser has no passkeys.";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    button.disabled = true;
    try {
      location.assign((await ways[form.dataset.passkey](form)).next);
    } catch (error) {
      told.textContent = plainly(error);
      button.disabled = false;
    }
  });
}

// A link may bring the code behind its #, which is never sent to a server.
const code = document.querySelector("input[name=code]");
function fill() {
  if (!code || !location.hash) return;
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
window.addEventListener("hashchange", fill);
fill();
