// The demo prints an address that ends in #login:password: what follows the # never leaves the browser by
// itself, it only fills the form.

const [login, password] = decodeURIComponent(location.hash.slice(1)).split(/:(.*)/s);
if (login && password) {
  document.getElementById("login").value = login;
  document.getElementById("password").value = password;
  document.querySelector("#sign-in button").focus();
  // Out of the address line, so that it is not bookmarked or read over a shoulder.
  history.replaceState(null, "", location.pathname + location.search);
} else {
  document.getElementById(document.getElementById("login").value ? "password" : "login").focus();
}
