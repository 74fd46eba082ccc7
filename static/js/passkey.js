// Says beside the button that the browser gave no passkey; the library itself would only tell the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.getElementById("passkey_failed");
  if (said) said.hidden = false;
});
