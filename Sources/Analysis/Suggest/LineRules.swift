import PCRE2

/// The expressions by which lines are judged and masked. Compiled once; any number of readers share them.
package struct LineRules: Sendable {
  let masks: Regex
  /// Words of a line that may tell what went wrong.
  let alarm: Regex
  /// Of these, the words with which tools name an error rather than speak of one.
  let strong: Regex
  /// Lines that hold such words and yet tell nothing: zero errors, options, stack frames, echoed commands, and what only repeats that
  /// something failed.
  let quiet: Regex

  /// - Throws: `PCRE2Error` if this PCRE2 rejects one of them.
  package init() throws(PCRE2Error) {
    masks = try Regex(Self.maskExpression)
    alarm = try Regex(Self.alarmExpression, options: .ignoreCase)
    strong = try Regex(Self.strongExpression, options: .ignoreCase)
    quiet = try Regex(Self.quietExpression, options: .ignoreCase)
  }

  /// The groups of `masks` in their order: group n is kind n - 1. What the last group takes stays text.
  static let kinds: [MaskKind] = [.time, .uuid, .url, .address, .quoted, .host, .path, .ip, .hash, .duration, .number]

  private static let maskExpression = ##"""
    (?x)
      # Codes say what went wrong, so they stay.
      \b (?i: exit | code | status | signal | errno | HTTP (?:/[\d.]+)? ) (?: \s (?: code | status ) )? [\ :=\#]{1,3} \d{1,3} \b (*SKIP)(*FAIL)
    | (?: \b (?i: error ) [:\ ]{1,2} [45]\d\d \b | \w: \s \( \d{1,3} \) ) (*SKIP)(*FAIL)
    | \b [A-Z]{2,} (?: - [A-Z]+ )* - \d{4,6} (?= : ) (*SKIP)(*FAIL)
    | ( \b \d{4} [-/] \d\d [-/] \d\d (?: T \d\d : \d\d (?: : \d\d (?: [.,] \d+ )? )? (?: Z \b | [+-] \d\d :? \d\d )? )?
      | \b \d\d? : \d\d : \d\d (?: [.,] \d+ )? )
    | ( \b [0-9a-fA-F]{8} (?: - [0-9a-fA-F]{4} ){3} - [0-9a-fA-F]{12} \b )
    | ( \b [a-z] [a-z0-9+.-]{1,20} :// [^\s'"`<>()]* [^\s'"`<>(),.:;\]] )
    | ( \b 0x [0-9a-fA-F]+ \b )
    | (?<!\w) (?| ' ( [^']{1,200} ) ' | " ( [^"]{1,200} ) " | ` ( [^`]{1,200} ) ` | ‘ ( [^’]{1,200} ) ’ ) (?!\w)
    | (?<![\w@/\\.~+-]) (
        (?: [A-Za-z0-9] [A-Za-z0-9-]{0,62} \. ){1,8}
        (?: com | org | net | io | dev | edu | gov | cloud | local | localdomain | internal | corp | lan | home | example | test | invalid )
        : \d{2,5} \b (?! : ) )
    | (?<![\w@/\\.~+-]) (
        (?: [A-Za-z]: )? [/\\] [\w.@+~=-]* \w (?: [/\\] [\w.@+~=-]* \w )* [/\\]?
      | (?: [A-Za-z]: [/\\] )? (?: [\w.@+~=-]+ [/\\] )+ [\w.@+~=-]* \. \w{1,8} \b
      | (?: [\w.@+~=-]+ [/\\] ){2,} [\w.@+~=-]* \w
      | [\w.+-]+ \. [A-Za-z] \w{0,5} (?= : \d | \( \d ) )
    | ( \b \d{1,3} (?: \. \d{1,3} ){3} (?: : \d+ )? \b )
    # In the name of a file a hash may have digits only, by chance.
    | ( \b (?= [a-f]* \d ) (?= \d* [a-f] ) [0-9a-f]{7,64} \b | (?<= \w [.-] ) \d{7,64} (?= \. \w ) )
    | (?<![\w.]) ( \d+ (?: [.,] \d+ )? \s? (?: ns | us | µs | ms | s | secs? | seconds? | m | mins? | minutes? | h | hours? ) \b )
    | (?<![\w.]) ( \d+ (?: [.,:] \d+ )* [kKMGTP]? i? [bB]? ) (?!\w)
    """##

  private static let alarmExpression = ##"""
    (?x) error | exception | (?<! pipe ) fail | fatal | panic | traceback | \b fault | abort | crash | killed | undefined | denied | refused | cannot
    | can't | could\ ?n[o']t | unable | not\ (?: found | exist | allowed | permitted | available | installed | supported | match ) | n't\ exist
    | no\ such | time[d]?[\ -]?out | invalid | missing | unexpected | unsupported | unresolved | (?<! - ) unknown (?! - ) | conflict | out\ of
    | no\ space | corrupt | mismatch | unauthorized | forbidden | expired | rejected | exceed | violat | illegal | leak
    | does\ not | did\ not | is\ not | [\[(<] (?: E | ERR ) [\])>]
    """##

  private static let strongExpression = ##"""
    (?x) error (?: \w | \[ [\w-]+ \] )* \]? : | (?: error | exception ) (?: : | $ ) | \[ error \] | \b fatal \b | panic (?: ked )? | exception \b
    | ^ \W* (?: E | ERR! | FATAL ) \b | undefined | cannot | could\ not | unable\ to | no\ such | denied | segmentation\ fault | timed\ out
    """##

  private static let quietExpression = ##"""
    (?x)
      \b (?: 0 | no | zero | without | ignor\w+ | non-?fatal ) \s (?: \w+ \s )? (?: errors? | failures? | failed | warnings? ) \b
    | (?: errors? | failures? | failed | fail ) \s? [:=] \s* (?: 0 | none | false | null ) \b
    # What is called an error is one, even if it speaks of warnings; gcc ends such lines with the option, as [-Werror=unused].
    | ^ (?! \W* error \b ) .* (?: \b warn (?: ing )? s? \b | (?<! \[ ) (?: -W | --? ) [\w-]* (?: error | fail ) )
    | \b deprecat | \b [DI] (?: EBUG | NFO ) \b | \b (?: debug | info ) \]
    | ^ \s* (?: hint: | note: | === | --\w | \w+= | \+ | \$ | at \s | \#\d+ \s+ 0x | File \s " | \^ | ~ | ok \b | PASS | \d+ [:|] )
    | ^ \s* (?: raise | throw | return | except | catch ) \b | \b note: | if-no-files-found | \s -rf \s : | correcting \s the \s problems
    | (?: on | if | if-no ) [-_ ] (?: error | fail ) | continue-on
    | ^ \W* > \s git \s | \[? \s? \b pass (?: ed )? \s? \] \s* $ | ^ \s* --- \s PASS | \b npm \s verb | ^ \s* < (?: span | time | div | td | li ) \b
    | the \s above \s exception \s was | during \s handling \s of \s the \s above | sudo: \s unable \s to \s resolve
    | container-based \s infrastructure
    # What only says that something failed.
    | exit (?: ed )? (?: \s with )? (?: \s exit )? \s (?: code | status ) | returned \s (?: a \s )? non-?zero
    | (?: build | job | script | command | execution | compilation | task | step | process | run | pipeline | subcommand ) s? \s (?: has \s )? fail
    | \b (?: build | job | script | command | task | step | process | run | pipeline ) \s (?: has \s )?
      (?: ended | finished | terminated | stopped | completed | quit ) \s with \s (?: an? \s )? (?: exit \s | error \s )? (?: code | status ) \b
    | ^ \W* (?: BUILD \s )? FAIL (?: ED | URE )? \W* $ | make (?: \[ \d+ \] )? : \s \*\*\* | ELIFECYCLE | Finished: \s
    | POST \s BUILD \s TASK | Failures \s listed | recipe \s for \s target
    | npm \s (?: ERR! | error ) \s (?: code | errno | path | command | syscall | A \s complete | \d ) | operation \s was \s canceled
    | \d+ \s (?: \w+ \s )? (?: errors? | failures? | failed | failing ) \b | (?: errors | failures? | failed ) \s? [:=] \s* \d
    | (?: see | re-?run | try | to \s see | for \s more ) \b .* \b (?: errors? | logs? | information | details ) \b
    | ^ \W* (?: Traceback \s | error \W* $ | errors? : \s* $ | failures? : \s* $ | The \s following \s )
    """##
}
