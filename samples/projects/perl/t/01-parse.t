use strict;
use warnings;
use Test::More tests => 4;

sub words { return scalar split / /, shift }

is(words("load level"), 2, 'two words');
is(words("load  level"), 2, 'two blanks');
is_deeply([sort { $a <=> $b } 10, 9, 8], [10, 9, 8], 'sorted');
like("version 1.4", qr/^version 2/, 'version');
