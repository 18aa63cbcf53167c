/** The shells that have a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A script that calls `sluice complete` for the next word. The words are passed unchanged and never evaluated: a
 * command substitution on the line must not run when the user presses Tab. It supports bash 3.2 and later and needs no
 * bash-completion.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of sluice. Load it with: source <(sluice completion bash)
_sluice() {
  local line word prefix='' colon='' i
  local -a words=()
  COMPREPLY=()
  # Bash splits words at colons, which the names of clusters may contain.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ \${#words[@]} -gt 0 && ( $word == :* || -n $colon ) ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    colon=''
    if [[ $word == *: ]]; then colon=1; fi
  done
  word=\${words[\${#words[@]}-1]}
  if [[ \${COMP_WORDBREAKS-} == *:* ]]; then prefix=\${word%"\${word##*:}"}; fi
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    COMPREPLY+=("\${line#"$prefix"}")
  done < <(sluice complete -- "\${words[@]}" 2>/dev/null)
  # A setting goes on behind its "=".
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _sluice sluice`,
  zsh: `#compdef sluice
# zsh completion of sluice. Load it with: source <(sluice completion zsh)
_sluice() {
  local -a found
  local value about
  while IFS=$'\\t' read -r value about; do
    found+=("\${value//:/\\\\:}:$about")
  done < <(sluice complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe 'sluice' found; else _files; fi
}
if [ "\${funcstack[1]}" = _sluice ]; then _sluice "$@"; else compdef _sluice sluice; fi`,
  fish: `# fish completion of sluice. Load it with: sluice completion fish | source
complete -c sluice -f -a '(sluice complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
complete -c sluice -s f -l file -r -F
complete -c sluice -l settings -r -F`,
};
