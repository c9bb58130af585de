#include <algorithm>
#include <list>
#include <map>
#include <string>

struct Job { std::string name; int priority; };

int main()
{
    std::list<Job> jobs{{"link", 2}, {"compile", 1}};
    std::sort(jobs.begin(), jobs.end());
    std::map<Job, int> order;
    order[jobs.front()] = 1;
}
