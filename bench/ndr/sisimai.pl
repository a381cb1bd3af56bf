# Reads every file of a folder by Sisimai and prints one line a recipient: file, address, status, reply code, reason. The last line is the
# processor time of the reading alone.
use strict;
use warnings;
use Sisimai;

my ($folder) = @ARGV;
local $SIG{__WARN__} = sub { };
my @files = sort glob("$folder/*.eml");
my @before = times;
for my $file (@files) {
    my $found = eval { Sisimai->rise($file, delivered => 1, vacation => 1) };
    die $@ if $@ =~ /^Can't locate/;
    for my $one (@{ $found || [] }) {
        my @row = ($file, $one->recipient->address, $one->deliverystatus, $one->replycode, $one->reason);
        print join("\t", map { defined $_ ? $_ : '' } @row), "\n";
    }
}
my @after = times;
printf "cpu\t%.3f\n", $after[0] + $after[1] - $before[0] - $before[1];
