// Counts the seconds of the call and lets its buttons be pressed; nothing leaves the page.
const clock = document.getElementById('chamada-tempo');
const state = document.getElementById('chamada-estado');
const began = Date.now();

const twoDigits = (number) => String(number).padStart(2, '0');
const ticking = setInterval(() => {
  const seconds = Math.floor((Date.now() - began) / 1000);
  clock.textContent = `${twoDigits(Math.floor(seconds / 60))}:${twoDigits(seconds % 60)}`;
}, 500);

for (const id of ['chamada-mudo', 'chamada-espera']) {
  const button = document.getElementById(id);
  button.addEventListener('click', () => {
    button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
  });
}

document.getElementById('chamada-encerrar').addEventListener('click', () => {
  clearInterval(ticking);
  state.textContent = 'Chamada encerrada';
  document.getElementById('chamada').classList.add('encerrada');
  for (const button of document.querySelectorAll('.comandos button')) button.disabled = true;
});
